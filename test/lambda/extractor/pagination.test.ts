import { SourceSpec } from '../../../src/spec';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, HostileServer, json, raw, Received } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer | undefined;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const people = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: from + i, name: `person ${from + i}` }));
const upTo = (n: number) => people(1, n).map(({ id }) => id);
const ids = () => lake.lines('users').map((line) => (JSON.parse(line) as { id: number }).id).sort((a, b) => a - b);
const query = ({ url }: Received, name: string) => new URL(url, 'http://h').searchParams.get(name);

async function run(behaviour: Behaviour, spec: Partial<SourceSpec>) {
  await api?.close();
  api = await startApi([behaviour]);
  return extract(lake, api.origin, { spec });
}

describe('keyset', () => {
  const pagination = { type: 'keyset', field: '$.id', target: { in: 'query', name: 'after' } } as const;
  const keyset = (records: { id: number }[], size: number): Behaviour => (request, ...rest) => {
    const after = Number(query(request, 'after') ?? 0);
    return json({ results: records.filter(({ id }) => id > after).slice(0, size) })(request, ...rest);
  };

  test('reads every record once', async () => {
    await run(keyset(people(1, 25), 10), { pagination });
    expect(ids()).toEqual(upTo(25));
    expect(api!.received.map(({ url }) => url)).toEqual(['/', '/?after=10', '/?after=20', '/?after=25']);
  });

  test('integers over 2^53 lead to the right page', async () => {
    const big = ['9007199254740993', '9007199254740995', '9007199254740997'];
    await run((request, ...rest) => {
      const after = BigInt(query(request, 'after') ?? 0);
      const record = big.find((id) => BigInt(id) > after);
      return raw(`{"results":[${record === undefined ? '' : `{"id":${record}}`}]}`)(request, ...rest);
    }, { pagination });
    expect(lake.lines('users')).toEqual(big.map((id) => `{"id":${id}}`));
  });

  test('a last record without the field fails with page and record', async () => {
    await expect(run(json({ results: [{ id: 1 }, { name: 'x' }] }), { pagination }))
      .rejects.toMatchObject({ code: 'KEYSET_FIELD_MISSING', retryable: false, details: { page: 1, record: 2 } });
    expect(lake.lines('users')).toEqual([]);
  });
});

test('a GraphQL API is paged by a variable in the body', async () => {
  const QUERY = 'query ($first: Int!, $after: String) { people(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { id name } } }';
  const graphql: Behaviour = (request, ...rest) => {
    const { query: text, variables } = JSON.parse(request.body) as { query: string; variables: { first: number; after?: string } };
    expect(text).toBe(QUERY);
    const from = Number(variables.after?.slice(2) ?? 0);
    const nodes = people(1, 25).slice(from, from + variables.first);
    const hasNextPage = from + nodes.length < 25;
    // Some APIs repeat the end's cursor: hasNextPage has the last word.
    return json({ data: { people: { pageInfo: { hasNextPage, endCursor: `c-${from + nodes.length}` }, nodes } } })(request, ...rest);
  };
  await run(graphql, {
    records: '$.data.people.nodes',
    request: { method: 'POST', body: { query: QUERY, variables: { first: 10 } } },
    pagination: {
      type: 'cursor',
      token: { path: '$.data.people.pageInfo.endCursor' },
      target: { in: 'body', name: '$.variables.after' },
      hasMore: '$.data.people.pageInfo.hasNextPage',
    },
  });

  expect(ids()).toEqual(upTo(25));
  expect(api!.received.map(({ body }) => JSON.parse(body).variables)).toEqual([{ first: 10 }, { first: 10, after: 'c-10' }, { first: 10, after: 'c-20' }]);
});

describe('the end', () => {
  /** Serves the last page again when asked for more, as some APIs do. */
  const clamped: Behaviour = (request, ...rest) => {
    const offset = Math.min(Number(query(request, 'skip')), 20);
    return json({ total: 25, results: people(1, 25).slice(offset, offset + 10) }, { 'x-total-count': '25' })(request, ...rest);
  };
  const offset = { type: 'offset', param: 'skip' } as const;

  test.each([{ path: '$.total' }, { header: 'X-Total-Count' }])('comes with the total at %j', async (total) => {
    await run(clamped, { pagination: { ...offset, total } });
    expect(ids()).toEqual(upTo(25));
    expect(api!.received).toHaveLength(3);
  });

  test('of maxRecords cuts the last page at the record, and is told', async () => {
    const result = await run(clamped, { pagination: { ...offset, maxRecords: 14 } });
    expect(ids()).toEqual(upTo(14));
    expect(result).toMatchObject({ records: 14, pages: 2 });
    expect(result.warnings?.join()).toMatch(/maxRecords ended the run before the API did/);
  });

  test.each([{ maxRecords: 25 }, { maxPages: 3 }])('where %j and the API end together is no cut', async (bound) => {
    const result = await run(clamped, { pagination: { ...offset, total: { path: '$.total' }, ...bound } });
    expect(ids()).toEqual(upTo(25));
    expect(result.warnings).toBeUndefined();
  });
});

describe('a snapshot that a bound cuts short', () => {
  const byPage: Behaviour = (request, ...rest) => {
    const page = Number(query(request, 'page'));
    return json({ results: people(1, 25).slice(page * 10 - 10, page * 10) })(request, ...rest);
  };
  const pagination = { type: 'pageNumber', param: 'page' } as const;

  test.each([{ maxPages: 2 }, { maxRecords: 20 }])('by %j does not replace a whole one, unless that is allowed', async (bound) => {
    await run(byPage, { pagination });

    await expect(run(byPage, { pagination: { ...pagination, ...bound } })).rejects.toMatchObject({ code: 'SNAPSHOT_CUT', retryable: false });
    expect(ids()).toEqual(upTo(25));

    const allowed = await run(byPage, { pagination: { ...pagination, ...bound }, writeMode: { type: 'snapshot', allowCut: true } });
    expect(ids()).toEqual(upTo(20));
    expect(allowed.warnings).toBeUndefined(); // what was allowed is no news
  });

  test('replaces another one that was cut, and says each time that it is', async () => {
    await run(byPage, { pagination: { ...pagination, maxPages: 1 } });
    const result = await run(byPage, { pagination: { ...pagination, maxPages: 2 } });
    expect(ids()).toEqual(upTo(20));
    expect(result.warnings?.join()).toMatch(/maxPages ended the run/);
  });

  test('a whole one makes the guard stand again', async () => {
    await run(byPage, { pagination: { ...pagination, maxPages: 1 } });
    await run(byPage, { pagination });
    await expect(run(byPage, { pagination: { ...pagination, maxPages: 1 } })).rejects.toMatchObject({ code: 'SNAPSHOT_CUT' });
  });
});
