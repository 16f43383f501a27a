export { AthenaQueryError } from './athena-error';
export { DUCKDB_PACKAGE, loadDuckDb } from './duckdb';
export * from './athena-query';
export * from './local-athena';
export { changesLake } from './statements';
