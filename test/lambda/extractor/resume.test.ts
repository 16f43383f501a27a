import { PaginationSpec, SourceSpec } from '../../../src/spec';
import { ChangingApi, query, Row, Switch } from '../../support/changing-api';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, HostileServer, json, status } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const SIZE = 10;

let lake: TestLake;
let server: HostileServer;
let api: ChangingApi;
let control: Switch;

const rows = (from: number, count: number): Row[] => Array.from({ length: count }, (_, i) => ({ id: from + i, at: 0 }));

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

beforeEach(async () => {
  api = new ChangingApi({ size: SIZE });
  api.put(...rows(1, 45));
  control = new Switch(api.serve);
  server = await startApi([control.serve]);
});

const OFFSET = { type: 'offset', param: 'skip' } as const;
const PAGE = { type: 'pageNumber', param: 'page' } as const;
const run = (spec: Partial<SourceSpec>, options: ExtractOptions = {}) => extract(lake, server.origin, { runId: 'one', ...options, spec });
const stored = () => lake.lines('users').map((line) => (JSON.parse(line) as Row).id).sort((a, b) => a - b);
const present = () => api.rows.map(({ id }) => id).sort((a, b) => a - b);
const asked = () => server.received.map((request) => query(request, 'skip') ?? query(request, 'page'));

/** Page numbers over the same rows. */
const serve: Behaviour = (request, ...rest) => {
  const page = query(request, 'page');
  return api.serve(page === null ? request : { ...request, url: `/?skip=${(Number(page) - 1) * SIZE}` }, ...rest);
};

/** A run that was interrupted before its fourth page: the API asked it to wait. */
async function interrupted(spec: Partial<SourceSpec>) {
  control.now = (request, ...rest) => (query(request, 'skip') === '30' || query(request, 'page') === '4' ? status(429, { 'retry-after': '120' }) : serve)(request, ...rest);
  expect(await run(spec)).toMatchObject({ done: false, pages: 3, records: 30 });
  server.received.splice(0);
  control.now = serve;
}

describe.each<[string, PaginationSpec, string]>([['offset', OFFSET, '20'], ['pageNumber', PAGE, '3']])('pages by %s', (_name, pagination, last) => {
  const keyed = { pagination, key: ['$.id'] };

  test('a run that goes on reads its last page again', async () => {
    await interrupted(keyed);
    const result = await run(keyed);
    expect(asked()[0]).toBe(last);
    expect(result).toMatchObject({ done: true, records: 45 });
    expect(stored()).toEqual(present());
  });

  test('rows that came before are not doubled', async () => {
    await interrupted(keyed);
    api.rows = [...rows(101, 4), ...api.rows];
    await run(keyed);
    expect(stored()).toEqual(rows(1, 45).map(({ id }) => id)); // the new ones stand on pages that were read
  });

  test('rows that went lose none of the others', async () => {
    await interrupted(keyed);
    api.delete(1, 5, 12, 25);
    await run(keyed);
    expect(stored()).toEqual(rows(1, 45).map(({ id }) => id)); // those that went had been read
  });

  test('rows that shift by more than a page make the run start over', async () => {
    await interrupted(keyed);
    api.delete(...rows(1, 22).map(({ id }) => id));
    const result = await run(keyed);
    expect(asked().slice(0, 2)).toEqual([last, pagination.type === 'offset' ? '0' : '1']);
    expect(result).toMatchObject({ done: true, records: 23 });
    expect(stored()).toEqual(present());
  });

  test('without a key the run starts over', async () => {
    await interrupted({ pagination });
    api.rows = [...rows(101, 4), ...api.rows];
    const result = await run({ pagination });
    expect(result).toMatchObject({ done: true, records: 49 });
    expect(stored()).toEqual(present());
  });

  test('stable pages go on with the next one', async () => {
    const stable = { pagination: { ...pagination, stablePages: true } as PaginationSpec };
    await interrupted(stable);
    await run(stable);
    expect(asked()[0]).toBe(pagination.type === 'offset' ? '30' : '4');
    expect(stored()).toEqual(present());
  });

  test('rows that come while a run reads are not doubled either', async () => {
    control.now = (request, ...rest) => {
      if (query(request, 'skip') === '20' || query(request, 'page') === '3') {
        api.rows = [...rows(101, 3), ...api.rows];
      }
      return serve(request, ...rest);
    };
    const result = await run(keyed);
    expect(result).toMatchObject({ records: 45, skipped: 3 });
    expect(stored()).toEqual(rows(1, 45).map(({ id }) => id));
  });

  test('the bound on pages does not count the page that is read again', async () => {
    const bounded = { ...keyed, pagination: { ...pagination, maxPages: 4 } as PaginationSpec };
    await interrupted(bounded);
    const result = await run(bounded);
    expect(result).toMatchObject({ pages: 4, records: 40 });
  });
});

test('time that runs out without a key is an error that says what to do, and the next call starts over', async () => {
  control.now = async (request, ...rest) => {
    await new Promise((later) => setTimeout(later, 150));
    return serve(request, ...rest);
  };
  await expect(run({ pagination: OFFSET }, { timeMs: 500 })).rejects.toMatchObject({ code: 'CANNOT_GO_ON', retryable: true, message: expect.stringMatching(/"key".*stablePages/) });
  expect(stored()).toEqual([]);
  control.now = serve;
  await run({ pagination: OFFSET });
  expect(stored()).toEqual(present());
});

test('with a key, a source needs no more time than a page and the one before', async () => {
  control.now = async (request, ...rest) => {
    await new Promise((later) => setTimeout(later, 100));
    return serve(request, ...rest);
  };
  const spec = { pagination: OFFSET, key: ['$.id'] };
  let result = await run(spec, { timeMs: 700 });
  for (let calls = 0; !result.done && calls < 10; calls++) {
    result = await run(spec, { timeMs: 700 });
  }
  expect(result).toMatchObject({ done: true, records: 45 });
  expect(stored()).toEqual(present());
});

test('a record without its key fails with page and record', async () => {
  control.now = json({ results: [{ id: 1 }, { name: 'x' }] });
  await expect(run({ pagination: OFFSET, key: ['$.id'] })).rejects.toMatchObject({ code: 'KEY_MISSING', details: { page: 1, record: 2, path: '$.id' } });
});
