import { createHash, randomUUID } from 'node:crypto';

/** What Step Functions adds to JSONata (developer guide, "Transforming data with JSONata in Step Functions"). */
export const STEP_FUNCTIONS: Readonly<Record<string, unknown>> = {
  partition,
  range,
  hash,
  random,
  parse,
  uuid: () => randomUUID(),
  // Step Functions does not have it: $parse reads JSON.
  eval: undefined,
};

/** The longest sequence that JSONata's own `[a..b]` makes. */
const MAX_RANGE = 1e7;

const ALGORITHMS: Readonly<Record<string, string>> = { 'MD5': 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

function partition(array: unknown, size: unknown): unknown[][] | undefined {
  if (array === undefined) {
    return undefined;
  }
  if (!Array.isArray(array) || !Number.isInteger(size) || (size as number) < 1) {
    throw new Error('$partition takes an array and a size of at least 1');
  }
  const length = size as number;
  return Array.from({ length: Math.ceil(array.length / length) }, (_none, i) => array.slice(i * length, (i + 1) * length) as unknown[]);
}

function range(start: unknown, end: unknown, step: unknown): number[] {
  if (![start, end, step].every((value) => typeof value === 'number' && Number.isFinite(value)) || step === 0) {
    throw new Error('$range takes a first value, a last value and a step other than 0');
  }
  const [from, to, by] = [start, end, step] as [number, number, number];
  const length = Math.max(0, Math.floor((to - from) / by) + 1);
  if (length > MAX_RANGE) {
    throw new Error(`$range would make ${length} values, more than ${MAX_RANGE}`);
  }
  return Array.from({ length }, (_none, i) => from + i * by);
}

function hash(text: unknown, algorithm: unknown): string {
  const name = ALGORITHMS[String(algorithm)];
  if (typeof text !== 'string' || name === undefined) {
    throw new Error(`$hash takes a string and one of ${Object.keys(ALGORITHMS).join(', ')}`);
  }
  return createHash(name).update(text).digest('hex');
}

/** A number from 0 to below 1; the same one for the same seed. */
function random(seed: unknown): number {
  if (seed === undefined) {
    return Math.random();
  }
  if (typeof seed !== 'number') {
    throw new Error('$random takes a number as its seed');
  }
  return createHash('sha256').update(String(seed)).digest().readUInt32BE(0) / 2 ** 32;
}

function parse(text: unknown): unknown {
  if (text === undefined) {
    return undefined;
  }
  if (typeof text !== 'string') {
    throw new Error(`$parse takes a string of JSON, got ${typeof text}`);
  }
  return JSON.parse(text) as unknown;
}
