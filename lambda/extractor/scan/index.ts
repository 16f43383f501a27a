export type { GlueColumn } from './glue-columns';
export { RecordScanner, type RecordScannerOptions } from './record-scanner';
export type { RecordSource, RecordSourceOptions } from './record-source';
export { SchemaTree } from './schema-tree';
export * from './field-reader';
