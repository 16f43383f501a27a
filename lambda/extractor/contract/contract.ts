import { createHash } from 'node:crypto';
import {
  ContractSpec, ContractValidator, ContractValidatorModule, DEFAULT_MAX_QUARANTINE_RATIO, SourceSpec, Violation,
} from '../../../src/spec';
import { ExtractorError } from '../errors';
import { WRAP_END, WRAP_START } from '../part';
import { Byte } from '../scan/bytes';
import { LakeStore } from '../store';

/** Opens a bucket that is not the lake's: the one of the assets. */
export type OpenBucket = (name: string) => Pick<LakeStore, 'get' | 'describe'>;

/** What a source's records must be, ready to judge them. */
export class Contract {
  /**
   * Reads the schema and compiles it; undefined for a source without one.
   *
   * @throws ExtractorError CONTRACT_MISSING, CONTRACT_CHANGED, CONTRACT_INVALID
   */
  static async load({ contract: spec, parent }: SourceSpec, openBucket: OpenBucket): Promise<Contract | undefined> {
    if (!spec) {
      return undefined;
    }
    const text = await readSchema(spec, openBucket);
    // Not a static import: Ajv stands in a bundle of its own, which sources without a contract never load.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { createValidator } = require('./contract-validator') as ContractValidatorModule;
    try {
      return new Contract(spec, createValidator(text, { frozen: spec.mode !== 'evolve', alsoKnown: Object.keys(parent?.include ?? {}) }));
    } catch (error) {
      throw new ExtractorError('CONTRACT_INVALID', `the schema ${spec.schema} is no JSON Schema: ${(error as Error).message}`, { retryable: false, cause: error });
    }
  }

  /** Digest of all that decides which records pass. */
  readonly digest: string;
  readonly maxQuarantineRatio: number;

  private constructor(private readonly spec: ContractSpec, private readonly validator: ContractValidator) {
    this.digest = createHash('sha256').update(`${spec.mode}:${spec.sha256}`).digest('hex').slice(0, 16);
    this.maxQuarantineRatio = spec.maxQuarantineRatio ?? DEFAULT_MAX_QUARANTINE_RATIO;
  }

  /** The first bad record ends the run. */
  get failsAtOnce(): boolean {
    return this.spec.mode === 'fail';
  }

  /** How a record breaks the contract; one that is no object is judged as it is stored. */
  violations(bytes: Buffer, start: number, end: number): readonly Violation[] {
    if (bytes[start] === Byte.OpenBrace) {
      return this.validator.violations(bytes, start, end);
    }
    const wrapped = Buffer.concat([WRAP_START, bytes.subarray(start, end), WRAP_END]);
    return this.validator.violations(wrapped, 0, wrapped.length);
  }
}

async function readSchema({ schema, sha256 }: ContractSpec, openBucket: OpenBucket): Promise<string> {
  const { host: bucket, pathname } = new URL(schema);
  const object = await openBucket(bucket).get(decodeURIComponent(pathname.slice(1)));
  if (!object) {
    throw new ExtractorError('CONTRACT_MISSING', `the contract's schema ${schema} does not exist: deploy the stack again`, { retryable: false, details: { schema } });
  }
  const found = createHash('sha256').update(object.body).digest('hex');
  if (found !== sha256) {
    throw new ExtractorError('CONTRACT_CHANGED', `the contract's schema ${schema} has SHA-256 ${found}, and the source was deployed with ${sha256}: deploy the stack again`,
      { retryable: false, details: { schema, found, expected: sha256 } });
  }
  return object.body.toString('utf8');
}
