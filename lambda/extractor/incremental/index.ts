export * from './create-increment';
export type { Increment } from './increment';
