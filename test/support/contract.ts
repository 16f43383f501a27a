import { createHash } from 'node:crypto';
import { TestLake } from './test-lake';
import { ContractSpec } from '../../src/spec';

const ASSETS = 'assets';

/** A contract whose schema stands in the assets' bucket of the test's S3, as a deployment puts it there. */
export async function contractSpec(lake: TestLake, schema: unknown, options: Partial<ContractSpec> = {}): Promise<ContractSpec> {
  const text = Buffer.from(typeof schema === 'string' ? schema : JSON.stringify(schema));
  const sha256 = createHash('sha256').update(text).digest('hex');
  await lake.bucket(ASSETS).put(`${sha256}.json`, text, {});
  return { mode: 'evolve', schema: `s3://${ASSETS}/${sha256}.json`, sha256, ...options };
}

/** Of a quarantined record. */
export interface QuarantineEntry {
  readonly id: string;
  readonly run_id: string;
  readonly page: number;
  readonly record: number;
  readonly cause: string;
  readonly reasons: readonly { readonly pointer: string; readonly keyword: string; readonly message: string }[];
  readonly original: unknown;
  /** Of a text in place of a record: where it began in the response, its length when `original` is cut, its parent's fields. */
  readonly line?: number;
  readonly truncated?: boolean;
  readonly original_bytes?: number;
  readonly parent?: unknown;
}

export const quarantined = (lake: TestLake, source = 'users'): QuarantineEntry[] =>
  lake.quarantineLines(source).map((line) => JSON.parse(line) as QuarantineEntry);
