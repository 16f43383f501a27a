import { tableDdl } from '../../../../lambda/catalog/transform/curated-table';
import { countStatement, MAX_PARTITIONS, Write, writeStatements } from '../../../../lambda/catalog/transform/write-statements';
import { parseHiveType } from '../../../../src/spec/hive-type';
import { TransformPlan } from '../../../../src/spec/workflow-plan';
import { DATABASE, TestLake } from '../../../cli/athena/lake';

let lake: TestLake;
let tables = 0;

beforeAll(() => {
  lake = new TestLake();
  lake.table('raw', { id: 'string' }, []); // the database
});
afterAll(() => lake.close());

const TYPES = { id: 'string', country: 'string', n: 'int', seen: 'string' };

/** A curated table of four columns; each run brings the rows of its query. */
async function curated(options: Pick<TransformPlan, 'mode'> & Partial<TransformPlan>) {
  const table = `curated${tables++}`;
  const plan: TransformPlan = { name: table, table, inputs: [], query: '', partitionBy: [], columns: {}, ...options };
  const columns = Object.entries(TYPES).map(([name, type]) => ({ name, type: parseHiveType(type) }));
  for (const ddl of tableDdl({ database: DATABASE, table, location: `s3://lake/curated/${table}/`, partitionBy: plan.partitionBy }, columns, undefined)) {
    await lake.query(ddl);
  }
  const write = (runId: string, rows: readonly Row[], partitions = 0): Write =>
    ({ database: DATABASE, plan: { ...plan, query: queryOf(rows) }, runId, columns: Object.keys(TYPES), partitions });
  return {
    /** Runs all statements, or those up to one. */
    run: async (runId: string, rows: readonly Row[], { partitions = 0, until = Infinity } = {}) => {
      for (const statement of writeStatements(write(runId, rows, partitions)).slice(0, until)) {
        await lake.query(statement);
      }
    },
    rows: async () => (await lake.rows(`SELECT id, country, n, seen, _run_id FROM ${table}`)).map((row) => row.join(' ')).sort(),
    statements: (rows: readonly Row[], partitions: number) => writeStatements(write('run', rows, partitions)),
  };
}

type Row = readonly [id: string | null, country: string | null, n: number | null, seen: string | null];

const sql = (value: string | number | null) => (typeof value === 'string' ? `'${value}'` : String(value));

/** In a comment at its end, because people write those. */
const queryOf = (rows: readonly Row[]) => `SELECT CAST(id AS varchar) AS id, CAST(country AS varchar) AS country, CAST(n AS integer) AS n, CAST(seen AS varchar) AS seen
FROM (VALUES ${[...rows, [null, null, -1, null]].map((row) => `(${row.map(sql).join(', ')})`).join(', ')}) AS v (id, country, n, seen) WHERE n <> -1 OR n IS NULL -- done`;

describe('append', () => {
  test.each([[[]], [['country']]])('adds each run\'s rows, once however often it is run (partitioned by %j)', async (partitionBy) => {
    const table = await curated({ mode: { type: 'append' }, partitionBy });
    await table.run('one', [['a', 'nl', 1, null], ['a', 'nl', 1, null], ['b', null, 2, null]]);
    await table.run('two', [['a', 'nl', 3, null]]);
    await table.run('one', [['a', 'nl', 1, null], ['a', 'nl', 1, null], ['b', null, 2, null]]);
    expect(await table.rows()).toEqual(['a nl 1  one', 'a nl 1  one', 'a nl 3  two', 'b  2  one']);
  });

  test('a run of no rows adds none', async () => {
    const table = await curated({ mode: { type: 'append' } });
    await table.run('one', [['a', 'nl', 1, null]]);
    await table.run('two', []);
    expect(await table.rows()).toEqual(['a nl 1  one']);
  });
});

describe('replacePartition', () => {
  test('replaces the partitions that the query yields, and leaves the others', async () => {
    const table = await curated({ mode: { type: 'replacePartition' }, partitionBy: ['country', 'n'] });
    await table.run('one', [['a', 'nl', 1, null], ['b', 'nl', 2, null], ['c', 'de', 1, null], ['d', null, 1, null]]);
    await table.run('two', [['e', 'nl', 1, null], ['f', 'nl', 1, null], ['g', null, 1, null], ['h', 'fr', null, null]]);
    const rows = ['b nl 2  one', 'c de 1  one', 'e nl 1  two', 'f nl 1  two', 'g  1  two', 'h fr   two'];
    expect(await table.rows()).toEqual(rows);
    await table.run('two', [['e', 'nl', 1, null], ['f', 'nl', 1, null], ['g', null, 1, null], ['h', 'fr', null, null]]);
    expect(await table.rows()).toEqual(rows);
  });
});

describe('merge', () => {
  const mode = { type: 'merge', key: ['id', 'country'], latestBy: 'seen' } as const;

  test('keeps the latest row of each key, within a run and over runs', async () => {
    const table = await curated({ mode });
    await table.run('one', [['a', 'nl', 1, '2026-01-01'], ['a', 'nl', 2, '2026-01-03'], ['a', 'nl', 3, '2026-01-02'], ['a', 'de', 4, null]]);
    expect(await table.rows()).toEqual(['a de 4  one', 'a nl 2 2026-01-03 one']);
    await table.run('two', [['a', 'nl', 5, '2026-01-02'], ['a', 'de', 6, '2026-01-01'], ['b', 'nl', 7, null]]);
    expect(await table.rows()).toEqual(['a de 6 2026-01-01 two', 'a nl 2 2026-01-03 one', 'b nl 7  two']);
  });

  test('is the same however often it is run, and rewrites no row that has not changed', async () => {
    const table = await curated({ mode });
    for (const run of ['one', 'two', 'three']) {
      await table.run(run, [['a', 'nl', 1, '2026-01-01'], ['b', 'nl', null, null]]);
    }
    expect(await table.rows()).toEqual(['a nl 1 2026-01-01 one', 'b nl   one']);
  });

  test('leaves rows without a key out', async () => {
    const table = await curated({ mode });
    await table.run('one', [['a', null, 1, null], [null, 'nl', 2, null], ['a', 'nl', 3, null]]);
    expect(await table.rows()).toEqual(['a nl 3  one']);
  });
});

describe('fullRefresh', () => {
  test('the table is what the query yields, and nothing else', async () => {
    const table = await curated({ mode: { type: 'fullRefresh' } });
    await table.run('one', [['a', 'nl', 1, null], ['b', 'nl', 2, null]]);
    await table.run('two', [['a', 'nl', 3, null], ['a', 'nl', 3, null]]);
    await table.run('two', [['a', 'nl', 3, null], ['a', 'nl', 3, null]]);
    expect(await table.rows()).toEqual(['a nl 3  two', 'a nl 3  two']);
    await table.run('three', []);
    expect(await table.rows()).toEqual([]);
  });
});

describe('more partitions than one statement may write', () => {
  const PARTITIONS = 2 * MAX_PARTITIONS + 1;
  const rows: Row[] = Array.from({ length: PARTITIONS }, (_, i) => [`${i}`, `country ${i}`, i, '2026-01-01']);
  const all = (run: string) => rows.map(([id, country, n, seen]) => `${id} ${country} ${n} ${seen} ${run}`).sort();

  test.each([
    [{ type: 'append' } as const, 3], [{ type: 'replacePartition' } as const, 3], [{ type: 'fullRefresh' } as const, 4],
    [{ type: 'merge', key: ['id'], latestBy: 'seen' } as const, 3],
  ])('%j: each row comes once, whatever statement was the last before a crash', async (mode, count) => {
    const table = await curated({ mode, partitionBy: ['country'] });
    expect(table.statements(rows, PARTITIONS)).toHaveLength(count);
    await table.run('one', rows, { partitions: PARTITIONS, until: 2 });
    expect(await table.rows()).toHaveLength(2 * MAX_PARTITIONS);
    await table.run('one', rows, { partitions: PARTITIONS });
    expect(await table.rows()).toEqual(all('one'));
  });

  test('a refresh takes away what the query no longer yields', async () => {
    const table = await curated({ mode: { type: 'fullRefresh' }, partitionBy: ['country'] });
    await table.run('one', [['gone', 'nowhere', 0, null], ...rows.slice(0, 3)]);
    await table.run('two', rows, { partitions: PARTITIONS });
    expect(await table.rows()).toEqual(all('two'));
  });

  test('rows that came after the partitions were counted are written too', async () => {
    const table = await curated({ mode: { type: 'replacePartition' }, partitionBy: ['country'] });
    await table.run('one', rows.slice(0, 150), { partitions: MAX_PARTITIONS + 1 });
    expect(await table.rows()).toHaveLength(150);
  });

  test('partitions are counted as they are told apart', async () => {
    const query = queryOf([['a', 'nl', 1, null], ['b', 'nl', 1, null], ['c', 'nl', null, null], ['d', null, 1, null]]);
    const counted = async (partitionBy: string[], mode: TransformPlan['mode'] = { type: 'append' }) =>
      lake.rows(countStatement({ name: 't', table: 't', inputs: [], columns: {}, query, partitionBy, mode })!);
    expect(await counted(['country'])).toEqual([['2', '0']]);
    expect(await counted(['country', 'n'])).toEqual([['3', '0']]);
    expect(await counted([], { type: 'merge', key: ['id', 'country', 'n'], latestBy: 'seen' })).toEqual([['0', '2']]);
    expect(await counted(['n'], { type: 'merge', key: ['id'], latestBy: 'seen' })).toEqual([['2', '0']]);
  });

  test('nothing is counted where it does not matter', () => {
    expect(countStatement({ name: 't', table: 't', inputs: [], columns: {}, query: 'SELECT 1', partitionBy: [], mode: { type: 'fullRefresh' } })).toBeUndefined();
  });
});
