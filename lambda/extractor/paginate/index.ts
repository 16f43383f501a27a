export * from './create-paginator';
export * from './loop-guard';
export * from './paginator';
