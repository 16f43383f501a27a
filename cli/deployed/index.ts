export { consoleOf } from './console';
export { queryDeployed } from './query';
export { crawlDeployed, invokeAllDeployed, runDeployed } from './run';
export { statusDeployed } from './status';
export { redriveDeployed } from './redrive';
export { requestDeployed } from './request';
