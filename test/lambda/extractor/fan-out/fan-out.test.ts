import { gzipSync } from 'node:zlib';
import { ExtractorConfig } from '../../../../lambda/extractor/config';
import { FanOut } from '../../../../lambda/extractor/fan-out';
import { LakeStore } from '../../../../lambda/extractor/store';
import { REMEMBERED_PARENTS } from '../../../../src/spec';

const SPEC = { version: 1, source: 'issues', records: '$', parent: { source: 'repos', reads: 'newest', bind: { id: '$.id' } } };

/** A lake in which the parent has committed these ids, as objects of one commit. */
function fanOutOver(...objects: number[][]): FanOut {
  const key = (index: number) => `raw/repos/ingestion_date=2026-11-23/0000000001-run-000001-00000${index}.jsonl.gz`;
  const bodies = new Map(objects.map((ids, index) => [key(index), gzipSync(ids.map((id) => `{"id":${id}}\n`).join(''))]));
  const state = {
    version: 1, nonce: 'n', epoch: 1, seq: 1, watermark: null, resume: null, schema: null, schemaHash: null, quietUntil: null, open: null, pending: null,
  };
  const store = {
    get: async (wanted: string) => ({ body: bodies.get(wanted) ?? Buffer.from(JSON.stringify(state)), etag: wanted, metadata: {} }),
    list: async function* () {
      yield* [...bodies.keys()].map((each) => ({ key: each, etag: each, size: 1 }));
    },
    describe: (wanted: string) => wanted,
  } as unknown as LakeStore;
  return new FanOut({ config: { apiUrl: 'http://127.0.0.1/{id}', spec: SPEC } as unknown as ExtractorConfig, store, base: null });
}

/** The ids asked for, from where the fan-out stands. */
async function walk(fanOut: FanOut, most = Infinity): Promise<number[]> {
  const ids: number[] = [];
  for (let more = fanOut.current !== undefined; more && ids.length < most; more = fanOut.advance()) {
    ids.push(Number(new URL(fanOut.current!.request.url).pathname.slice(1)));
    await fanOut.prepare();
  }
  return ids;
}

const upTo = (count: number) => Array.from({ length: count }, (_none, id) => id);

test('goes through objects and records in order', async () => {
  const fanOut = fanOutOver([3, 1], [], [2, 1, 4]);
  await fanOut.open();
  expect(await walk(fanOut)).toEqual([3, 1, 2, 4]);
});

test('goes on from every position with what is left, repeated parents left out', async () => {
  const objects = [[1, 2, 1], [2, 3], [1, 4, 3, 5]];
  const whole = [1, 2, 3, 4, 5];
  for (let asked = 0; asked < whole.length; asked++) {
    const first = fanOutOver(...objects);
    await first.open();
    await walk(first, asked);
    const second = fanOutOver(...objects);
    await second.open(JSON.parse(JSON.stringify(first.position())));
    expect(await walk(second)).toEqual(whole.slice(asked));
    expect(second.warnings()).toEqual([expect.stringMatching(/^4 record\(s\)/)]);
  }
});

test('100,000 parents: what is remembered is bounded, and a parent comes again only behind so many others', async () => {
  const fanOut = fanOutOver(upTo(100_000), [99_999, 100_000 - REMEMBERED_PARENTS, 5]);
  await fanOut.open();
  expect((await walk(fanOut, 100_000)).length).toBe(100_000);
  expect(fanOut.position()!.asked.length).toBe(REMEMBERED_PARENTS * 11);
  expect(await walk(fanOut)).toEqual([5]);
});
