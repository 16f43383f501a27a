import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { LocalLake } from '../support/local-lake';
import { describeWithTrino, OnTrino } from './support/on-trino';
import { loadModel } from '../../cli/assembly/load-model';
import { startRecordedApi } from '../../examples/randomuser/recorded-api';

const DATABASE = 'randomuser_db';
const EXAMPLE = join(__dirname, '../../examples/randomuser');

/** Which of the rows that tie a LIMIT keeps is nobody's promise: all of them are compared. */
const unlimited = (sql: string) => sql.replace(/\nLIMIT \d+$/, '');

describeWithTrino('the example, on a real Trino over the files that its extractor wrote', () => {
  const trino = new OnTrino(DATABASE);
  let lake: LocalLake;
  let queries: { name: string; sql: string }[];

  beforeAll(async () => {
    await trino.drop();
    lake = new LocalLake();
    const assembly = join(lake.folder, 'cdk.out');
    execFileSync('npx', ['ts-node', '--transpile-only', 'app.ts'], { cwd: EXAMPLE, env: { ...process.env, CDK_OUTDIR: assembly } });
    const { pipelines: [{ workgroup }] } = await loadModel({ assembly, lake: '', onSynthesize: () => undefined });
    queries = [...workgroup.queries];
    const api = await startRecordedApi();
    try {
      await lake.run('randomuser', api.url);
    } finally {
      await api.close();
    }
    await trino.records(lake.table(DATABASE, 'randomuser'), lake.files('randomuser'));
  }, 120_000);
  afterAll(() => lake?.close());

  test.each(['total_users', 'users_by_country', 'sample_users'])('the named query %s answers the same', async (name) => {
    const { sql } = queries.find((query) => query.name === name)!;
    const rows = await lake.rows(unlimited(sql));
    expect(rows.length).toBeGreaterThan(0);
    expect(await trino.rows(unlimited(sql))).toEqual(rows);
    expect((await trino.rows(sql)).length).toBe((await lake.rows(sql)).length);
  }, 60_000);

  test('is the example\'s table, with all its records', async () => {
    expect(queries).toHaveLength(3);
    expect(await trino.rows('SELECT count(*), count(DISTINCT login.uuid) FROM randomuser')).toEqual(['["2000","2000"]']);
  });
});
