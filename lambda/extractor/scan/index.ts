export type { GlueColumn } from './glue-columns';
export { RecordScanner, type RecordScannerOptions } from './record-scanner';
export { SchemaTree } from './schema-tree';
