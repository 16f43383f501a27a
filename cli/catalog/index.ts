export * from './crawl';
export * from './glue-table';
export * from './local-catalog';
