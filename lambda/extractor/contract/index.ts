export { Contract, type OpenBucket } from './contract';
export { contractViolated, tooManyQuarantined } from './contract-errors';
export { Quarantine } from './quarantine';
export { judgedAgain, quarantineEntry, type RecordPosition, type Rejection } from './quarantine-entry';
