export { createRecordTransformer, RecordTransformer, type OnTransformed, type TransformDependencies } from './record-transformer';
