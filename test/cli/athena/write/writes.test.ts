import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCRIPTS } from './scripts';
import { AthenaQueryError } from '../../../../cli/athena';
import { TrinoAnswer } from '../../../support/trino';
import { TestLake } from '../lake';

/** What Trino 483 answered to the same statements on its Iceberg connector (recorded by trino.test.ts). */
const ANSWERS = JSON.parse(readFileSync(join(__dirname, 'answers.json'), 'utf8')) as Record<string, TrinoAnswer[]>;

let lake: TestLake;

beforeEach(() => { lake = new TestLake(); });
afterEach(() => lake.close());

async function answer(sql: string): Promise<TrinoAnswer> {
  try {
    const { rows, columns, updateCount } = await lake.query(sql);
    return updateCount !== undefined ? { count: updateCount } : columns.length === 0 ? { count: null } : { rows };
  } catch (error) {
    return { error: (error as AthenaQueryError).code };
  }
}

describe('answers that Trino 483 gave', () => {
  test.each(Object.entries(SCRIPTS))('%s', async (name, { tables, steps }) => {
    lake.catalog.createDatabase('randomuser_db');
    for (const [table, columns] of Object.entries(tables)) {
      await lake.query(`CREATE TABLE ${table} (${columns}) LOCATION 's3://lake/curated/${table}/' TBLPROPERTIES ('table_type' = 'ICEBERG')`);
    }
    const got: [string, TrinoAnswer][] = [];
    const expected: [string, TrinoAnswer][] = [];
    for (const [i, step] of steps.entries()) {
      const sql = typeof step === 'string' ? step : step.athena;
      got.push([sql, await answer(sql)]);
      expected.push([sql, ANSWERS[name][i]]);
    }
    expect(got).toEqual(expected);
  });

  test('every script has an answer for each of its statements', () => {
    const asked = Object.fromEntries(Object.entries(SCRIPTS).map(([name, { steps }]) => [name, steps.length]));
    expect(Object.fromEntries(Object.entries(ANSWERS).map(([name, answers]) => [name, answers.length]))).toEqual(asked);
  });
});
