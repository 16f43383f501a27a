/** What a source's records must be. The schema travels beside the spec: a function's environment holds 4 KB. */
export interface ContractSpec {
  /** What happens to a record that breaks the schema, and whether a property that it does not declare does. */
  readonly mode: 'evolve' | 'freeze' | 'fail';
  /** `s3://bucket/key` of the JSON Schema. */
  readonly schema: string;
  /** Of the schema's bytes, hex. */
  readonly sha256: string;
  /** Share of a commit's records that may be quarantined, 0 to 1. */
  readonly maxQuarantineRatio?: number;
}

export const CONTRACT_MODES: readonly ContractSpec['mode'][] = ['evolve', 'freeze', 'fail'];

/** One record in ten: more is an API that has changed, and no bad records. */
export const DEFAULT_MAX_QUARANTINE_RATIO = 0.1;

/** Where and how a record breaks its contract. */
export interface Violation {
  /** JSON pointer into the record. */
  readonly pointer: string;
  /** Of JSON Schema. */
  readonly keyword: string;
  readonly message: string;
}

/** What is wrong with a schema. */
export interface SchemaReview {
  readonly problems: readonly { readonly pointer: string; readonly message: string }[];
  /** What checks nothing: keywords and formats that nobody knows. */
  readonly warnings: readonly string[];
}

export interface ContractValidator {
  /** How a record, valid JSON, breaks the contract; empty when it does not. */
  violations(bytes: Buffer, start: number, end: number): readonly Violation[];
}

export interface ValidatorOptions {
  /** A property that the schema does not declare violates it. */
  readonly frozen: boolean;
  /** Properties that every record has, whatever the schema says. */
  readonly alsoKnown: readonly string[];
}

/** What the validator's bundle exports, for the extractor at run time and for the constructs at synth. */
export interface ContractValidatorModule {
  reviewSchema(text: string): SchemaReview;
  createValidator(text: string, options: ValidatorOptions): ContractValidator;
}

/** The validator's bundle, beside the extractor's. */
export const CONTRACT_VALIDATOR = 'contract-validator';
