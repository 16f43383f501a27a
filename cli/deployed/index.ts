export { consoleOf } from './console';
export { queryDeployed } from './query';
export { crawlDeployed, runDeployed } from './run';
export { redriveDeployed } from './redrive';
