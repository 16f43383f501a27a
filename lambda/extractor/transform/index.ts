export { createRecordTransformer, RecordTransformer, type TransformDependencies } from './record-transformer';
