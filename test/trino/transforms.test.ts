import { join } from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { LocalLake } from '../support/local-lake';
import { describeWithTrino, OnTrino } from './support/on-trino';
import { DataLakePipeline, QualityLevel, QualityRule, Transform, TransformMode } from '../../src';
import { HostileServer, raw } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

const DATABASE = 'transforms_db';
const level = QualityLevel.WARN; // a run goes on, whatever they find

/** One of each kind; some hold, some do not. */
const RULES = [
  QualityRule.isComplete('country', { level }),
  QualityRule.isUnique('id', { level }),
  QualityRule.isUnique('country', { level }),
  QualityRule.matches('email', '[^@]+@[^@]+', { level }),
  QualityRule.isIn('country', ['nl', 'de'], { level }),
  QualityRule.between('n', 0, 100, { level }),
  QualityRule.rowCount({ min: 1, max: 2, level }),
  QualityRule.freshness('seen', Duration.days(36_500), { level }),
  QualityRule.referential('id', 'users', 'id', { level }),
  QualityRule.sql('n > 0', { level }),
];

const SELECTED = "SELECT id, country, n, seen, who.name AS name FROM users WHERE ingestion_date = '{{ingestion_date}}'";
const TRANSFORMS = [
  Transform.sql('latest', { query: SELECTED, mode: TransformMode.merge({ key: ['id'], latestBy: 'seen' }) }),
  Transform.sql('every_row', { query: SELECTED, mode: TransformMode.append() }),
  Transform.sql('by_country', {
    query: 'SELECT country, count(*) AS users, sum(n) AS total FROM latest GROUP BY country', mode: TransformMode.replacePartition(), partitionBy: ['country'],
  }),
  Transform.sql('oldest', { query: 'SELECT min(seen) AS seen, count(DISTINCT id) AS users, avg(n) AS mean FROM latest', mode: TransformMode.fullRefresh() }),
];
const TABLES = ['users', 'latest', 'every_row', 'by_country', 'oldest'];

const user = (id: string, country: string | null, n: number, seen: string) => ({ id, country, n, seen, email: id === 'c' ? 'none' : `${id}@example.com`, who: { name: `Ada "${id}" é` } });
const PAGES = [
  [user('a', 'nl', 1, '2026-01-01T00:00:00Z'), user('b', 'de', 200, '2026-01-02T00:00:00Z'), user('c', null, 3, '2026-01-03T00:00:00Z')],
  // One changed, one older than what is known, one new.
  [user('a', 'fr', 5, '2026-02-01T00:00:00Z'), user('b', 'de', 7, '2025-01-01T00:00:00Z'), user('d', 'nl', 900_719, '2026-02-02T00:00:00Z')],
];

/** The age of the newest record grows between two answers. */
const ageless = (row: string[]) => row.map((value) => value.replace(/\d+ seconds old/, 'n seconds old'));

describeWithTrino('what two runs asked Athena for, on a real Trino over the extractor\'s files', () => {
  let lake: LocalLake;
  let api: HostileServer;
  const trino = new OnTrino(DATABASE);
  let statements: string[];

  beforeAll(async () => {
    await trino.drop();
    lake = new LocalLake();
    api = await HostileServer.start(PAGES.map((results) => raw(JSON.stringify({ results }))));
    const stack = newStack(undefined, { outdir: join(lake.folder, 'cdk.out') });
    new DataLakePipeline(stack, 'Users', { databaseName: DATABASE, sources: [usersSource({ quality: RULES })], transforms: TRANSFORMS });
    App.of(stack)!.synth();
  });
  afterAll(async () => {
    lake.close();
    await api.close();
  });

  test.each(['first', 'second'])('the %s run: the same verdicts, and the same rows in every table', async () => {
    const { statements: asked, verdicts } = await lake.run('users', `${api.origin}/`);
    statements = [...asked];
    await trino.records(lake.table(DATABASE, 'users'), lake.files('users'));
    for (const sql of statements) {
      const answer = await trino.answer(sql);
      expect([sql, answer]).toEqual([sql, answer === undefined || 'error' in answer ? undefined : answer]);
      if (sql.includes('"$rule"')) {
        const expected = verdicts.map(({ name, passed, actual }: any) => ageless([name, String(passed), actual]));
        expect((answer as { rows: string[][] }).rows.map(ageless)).toEqual(expected);
        expect(new Set(verdicts.map(({ passed }: any) => passed as boolean)).size).toBe(2);
      }
    }
    for (const table of TABLES) {
      const sql = `SELECT * FROM ${table}`;
      const rows = await lake.rows(sql);
      expect([table, rows.length > 0, await trino.rows(sql)]).toEqual([table, true, rows]);
    }
  }, 180_000);

  test('would be found different after one more statement', async () => {
    await trino.answer("UPDATE latest SET n = n + 1 WHERE id = 'a'");
    expect(await trino.rows('SELECT * FROM latest')).not.toEqual(await lake.rows('SELECT * FROM latest'));
  }, 60_000);

  test('a statement that is wrong is an error', async () => {
    const merge = statements.find((sql) => sql.startsWith('MERGE'))!;
    expect(await trino.answer(merge.replace('"seen"', '"nosuch"'))).toMatchObject({ error: expect.any(String) });
    console.info(`Trino ran ${trino.counts.unchanged} statements as they stand, and ${trino.counts.translated} that are Hive's in its own words`);
  });
});
