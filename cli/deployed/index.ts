export { consoleOf } from './console';
export { queryDeployed } from './query';
export { crawlDeployed, runDeployed } from './run';
