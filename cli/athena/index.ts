export { AthenaQueryError } from './athena-error';
export { DUCKDB_PACKAGE, loadDuckDb } from './duckdb';
export * from './local-athena';
