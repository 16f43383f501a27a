export { RecordProtector } from './record-protector';
export { createRecordTransformer, RecordTransformer, type TransformDependencies } from './record-transformer';
