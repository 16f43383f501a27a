export { FanOut, type FanOutPosition } from './fan-out';
export { ParentFields } from './parent-fields';
