import fc from 'fast-check';
import { DATABASE, TestLake } from '../lake';

/** A row of the table, and of a source (which says besides what it wants). */
interface Row { readonly k: number | null; readonly v: string; readonly seq: number }
type SourceRow = Row & { readonly gone: boolean };

type Step =
  | { readonly op: 'merge'; readonly source: readonly SourceRow[] }
  | { readonly op: 'insert'; readonly rows: readonly Row[] }
  | { readonly op: 'delete' | 'update'; readonly above: number }
  | { readonly op: 'optimize' };

const MULTIPLE = 'MERGE_TARGET_ROW_MULTIPLE_MATCHES';

/** The latest wins, a row that is gone is deleted, what is not there yet is inserted; a row without a key never matches. */
const MERGE = `MERGE INTO t USING (VALUES $rows) AS s(k, v, seq, gone) ON t.k = s.k
  WHEN MATCHED AND s.gone THEN DELETE
  WHEN MATCHED AND s.seq > t.seq THEN UPDATE SET v = s.v, seq = s.seq
  WHEN NOT MATCHED AND NOT s.gone THEN INSERT (seq, v, k) VALUES (s.seq, s.v, s.k)`;

/** The same in a few lines over an array; the answer is the rows changed, or the error. */
class Model {
  rows: Row[] = [];

  apply(step: Step): number | string | undefined {
    switch (step.op) {
      case 'merge': return this.merge(step.source);
      case 'insert':
        this.rows.push(...step.rows);
        return step.rows.length;
      case 'delete': return this.replace((row) => (row.seq > step.above ? [] : undefined));
      case 'update': return this.replace((row) => (row.seq > step.above ? [{ ...row, v: `${row.v}!`, seq: row.seq - 1 }] : undefined));
      case 'optimize': return undefined;
    }
  }

  private merge(source: readonly SourceRow[]): number | string {
    const matches = (row: Row) => source.filter((one) => one.k !== null && one.k === row.k);
    const caseOf = (row: Row, one: SourceRow) => (one.gone ? 'delete' : one.seq > row.seq ? 'update' : 'none');
    for (const row of this.rows) {
      const cases = matches(row).map((one) => caseOf(row, one));
      if (new Set(cases).size < cases.length || cases.filter((one) => one !== 'none').length > 1) {
        return MULTIPLE;
      }
    }
    const inserted = source.filter((one) => !one.gone && !this.rows.some((row) => row.k !== null && row.k === one.k));
    const changed = this.replace((row) => {
      const one = matches(row).find((other) => caseOf(row, other) !== 'none');
      return one && (one.gone ? [] : [{ k: row.k, v: one.v, seq: one.seq }]);
    });
    this.rows.push(...inserted.map(({ k, v, seq }) => ({ k, v, seq })));
    return changed + inserted.length;
  }

  /** @param by what a row becomes; undefined leaves it. */
  private replace(by: (row: Row) => Row[] | undefined): number {
    const before = this.rows;
    this.rows = before.flatMap((row) => by(row) ?? [row]);
    return before.filter((row) => by(row) !== undefined).length;
  }
}

const row = { k: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 8 }), v: fc.constantFrom('a', 'b', "it's", ''), seq: fc.integer({ min: 0, max: 9 }) };
const sources = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(fc.record({ ...row, gone: fc.boolean() }), { selector: (one) => one.k, minLength: 1, maxLength: 6 }) },
  { weight: 3, arbitrary: fc.array(fc.record({ ...row, k: fc.integer({ min: 0, max: 2 }), gone: fc.boolean() }), { minLength: 2, maxLength: 4 }) },
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('merge' as const), source: sources }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('insert' as const), rows: fc.array(fc.record(row), { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('delete' as const, 'update' as const), above: fc.integer({ min: 5, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('optimize' as const) }) },
);

const literal = (value: string | number | boolean | null) => (value === null ? 'CAST(NULL AS integer)' : typeof value === 'string' ? `'${value.replace(/'/g, "''")}'` : String(value));

function sqlOf(step: Step): string {
  switch (step.op) {
    case 'merge': return MERGE.replace('$rows', () => step.source.map(({ k, v, seq, gone }) => `(${[k, v, seq, gone].map(literal).join(', ')})`).join(', '));
    case 'insert': return `INSERT INTO t VALUES ${step.rows.map(({ k, v, seq }) => `(${[k, v, seq].map(literal).join(', ')})`).join(', ')}`;
    case 'delete': return `DELETE FROM t WHERE seq > ${step.above}`;
    case 'update': return `UPDATE t SET v = v || '!', seq = seq - 1 WHERE seq > ${step.above}`;
    case 'optimize': return 'OPTIMIZE t REWRITE DATA USING BIN_PACK';
  }
}

const sorted = (rows: readonly (readonly (string | null)[])[]) => rows.map((values) => JSON.stringify(values)).sort();

let lake: TestLake;

beforeAll(() => {
  lake = new TestLake();
  lake.catalog.createDatabase(DATABASE);
});
afterAll(() => lake.close());

test('a table holds what a simple model of its statements holds', async () => {
  const seen = { steps: 0, refused: 0 };
  await fc.assert(fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 6 }), async (all) => {
    await lake.query('DROP TABLE IF EXISTS t');
    await lake.query("CREATE TABLE t (k int, v string, seq bigint) PARTITIONED BY (bucket(3, k)) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')");
    const model = new Model();
    const first: Step = { op: 'insert', rows: [0, 1, 2, 3].map((k) => ({ k, v: 'first', seq: 2 + k })) };
    for (const step of [first, ...all]) {
      const expected = model.apply(step);
      const answer = await lake.query(sqlOf(step)).then(({ updateCount }) => updateCount, (error: Error & { code: string }) => error.code);
      expect(answer).toBe(expected);
      seen.steps++;
      seen.refused += Number(expected === MULTIPLE);
      const rows = await lake.rows('SELECT k, v, seq FROM t');
      expect(sorted(rows)).toEqual(sorted(model.rows.map(({ k, v, seq }) => [k === null ? null : String(k), v, String(seq)])));
    }
  }), { numRuns: 25, seed: 20261123 });
  // The cases that matter did occur.
  expect(seen.steps).toBeGreaterThan(60);
  expect(seen.refused).toBeGreaterThan(5);
}, 120_000);
