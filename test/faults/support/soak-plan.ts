import { gzipSync } from 'node:zlib';
import { fullPages, Page, people } from './paged-api';
import { S3Call, S3Fault } from './s3-gate';
import { SourceSpec } from '../../../src/spec';
import { Behaviour, html, raw, reset, stall, status } from '../../support/hostile-server';

/** A number from 0 to below the bound. */
export type Random = (below: number) => number;

const START = '{"results":[{"id":1,"version":';

/** Faults of the API that pass; each ends in a retry, or in an invocation that goes on later. */
const API_FAULTS: Readonly<Record<string, Behaviour>> = {
  'api: 500': status(500),
  'api: 503 with Retry-After 0': status(503, { 'retry-after': '0' }),
  'api: 429 with Retry-After 3600': status(429, { 'retry-after': '3600' }),
  'api: reset': reset(),
  'api: reset amid the body': reset(START),
  'api: stall': stall(START),
  'api: short Content-Length': raw(START, { 'content-length': '1000' }),
  'api: truncated gzip': raw(gzipSync(`${START}2}]}`).subarray(0, -5), { 'content-encoding': 'gzip' }),
  'api: malformed JSON': raw(`${START}2},]}`),
  'api: HTML': html('<html>down</html>'),
};

const S3_FAULTS: Readonly<Record<string, readonly [when: 'before' | 'after', fault: S3Fault]>> = {
  's3: SlowDown': ['before', { status: 503, code: 'SlowDown' }],
  's3: 500': ['before', { status: 500, code: 'InternalError' }],
  's3: 500 after the change': ['after', { status: 500, code: 'InternalError' }],
  's3: reset': ['before', 'cut'],
  's3: answer lost': ['after', 'cut'],
};

/** How an invocation may end before its time. */
export const DEATHS = ['none', 'none', 'death in this process', 'death in this process', 'SIGKILL of a real process'] as const;

/** All that happens to one invocation, decided before it begins, so that a seed repeats it. */
export interface Plan {
  readonly api: readonly { readonly page: number; readonly kind: string; readonly behaviour: Behaviour }[];
  /** By the number of the request to S3. */
  readonly s3: ReadonlyMap<number, string>;
  readonly death: typeof DEATHS[number];
  /** The request to S3 at which it dies. */
  readonly deathAt: number;
  readonly deathWhen: 'before' | 'after';
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)];

export function makePlan(random: Random, pages: number): Plan {
  const kinds = Object.keys(API_FAULTS);
  const api = Array.from({ length: random(4) }, () => {
    const kind = pick(random, kinds);
    return { page: 1 + random(pages + 1), kind, behaviour: API_FAULTS[kind] };
  });
  const s3 = new Map(Array.from({ length: random(5) }, () => [random(20), pick(random, Object.keys(S3_FAULTS))]));
  return { api, s3, death: pick(random, DEATHS), deathAt: random(22), deathWhen: pick(random, ['before', 'after'] as const) };
}

/** The fault that the plan has for the n-th request to S3 at this moment. */
export function s3FaultAt(plan: Plan, n: number, when: 'before' | 'after', call: S3Call): [kind: string, fault: S3Fault] | undefined {
  const kind = plan.s3.get(n);
  const [moment, fault] = kind === undefined ? [] : S3_FAULTS[kind];
  // A copy that S3 answers by 500 may still be done later: what the quiet time is for, which takes seconds here.
  return fault !== undefined && moment === when && call.operation !== 'COPY' ? [kind!, fault] : undefined;
}

/** One version of the truth. */
export function makePages(random: Random, version: number): Page[] {
  return random(5) === 0 ? fullPages(version, 2 + random(3)) : people(version, ...Array.from({ length: 1 + random(6) }, () => 1 + random(40)));
}

/** What a source may look like; pages that shift need a key, or start over. */
export function makeSpec(random: Random, mode: 'snapshot' | 'append'): Partial<SourceSpec> {
  const paging = { type: 'pageNumber', param: 'page' } as const;
  return {
    ...pick<Partial<SourceSpec>>(random, [
      { pagination: { ...paging, stablePages: true } },
      { pagination: paging, key: ['$.id'] },
      { pagination: paging },
    ]),
    writeMode: { type: mode },
    limits: { partBytes: 64 * 1024 },
    timeouts: { idleMs: 200 },
    concurrency: 1 + random(3),
  };
}
