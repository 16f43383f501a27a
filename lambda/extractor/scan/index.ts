export type { GlueColumn } from './glue-columns';
export { RecordScanner, type RecordScannerOptions } from './record-scanner';
export type { RecordSource, RecordSourceOptions, UnreadableRecord } from './record-source';
export { SchemaTree } from './schema-tree';
export * from './field-reader';
