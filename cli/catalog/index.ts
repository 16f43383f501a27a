export * from './crawl';
export * from './glue-table';
export * from './hive-type';
export * from './local-catalog';
