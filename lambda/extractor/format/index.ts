export { createRecordSource } from './create-record-source';
