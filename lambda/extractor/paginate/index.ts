export * from './create-paginator';
export { boundReached } from './end';
export type { CutBy } from './end';
export * from './loop-guard';
export * from './paginator';
export * from './put-value';
