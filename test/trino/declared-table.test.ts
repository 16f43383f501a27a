import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describeWithTrino, OnTrino } from './support/on-trino';
import { Cataloguing, DataLakePipeline } from '../../src';
import { HostileServer, raw } from '../support/hostile-server';
import { LocalLake } from '../support/local-lake';
import { newStack, usersSource } from '../support/synth';

const DATABASE = 'declared_db';
const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'country', type: 'string' },
  { name: 'score', type: 'decimal(10,2)' },
  { name: 'active', type: 'boolean' },
  { name: 'address', type: 'struct<city:string,zip:int>' },
];

const user = (id: number, country: string | null, score: number | null, active: boolean, city: string, zip: number) =>
  ({ id, country, score, active, address: { city, zip } });
const USERS = [
  user(1, 'NO', 10.5, true, 'Oslo', 150), user(2, 'DE', 0.25, false, 'Köln', 50667), user(3, null, null, true, "L'Aquila", 67100), user(4, 'NO', 99.99, false, 'Bodø', 8001),
];

/** Row filters that a grant takes, and the users that each lets through. */
const FILTERS: [string, number[]][] = [
  ["country = 'NO'", [1, 4]],
  ["country <> 'NO'", [2]],
  ["country IN ('NO', 'DE') AND NOT active = TRUE", [2, 4]],
  ["country NOT IN ('NO')", [2]],
  ['country IS NULL OR score >= 99.99', [3, 4]],
  ['id BETWEEN 2 AND 3', [2, 3]],
  ["address.city LIKE 'K%' OR address.city = 'L''Aquila'", [2, 3]],
  ['address.zip > 8000 AND (active = false OR id != 3)', [2, 4]],
  ["\"country\" = 'DE' AND ingestion_date >= '2026-01-01'", [2]],
  ["ingestion_date < '2026-01-01'", []],
];

describeWithTrino('a declared table and its grants, on a real Trino over the files that the extractor wrote', () => {
  const trino = new OnTrino(DATABASE);
  let lake: LocalLake;
  let api: HostileServer;

  beforeAll(async () => {
    await trino.drop();
    lake = new LocalLake();
    api = await HostileServer.start([raw(JSON.stringify({ results: USERS }))]);
    const stack = newStack(undefined, { outdir: join(lake.folder, 'cdk.out') });
    const pipeline = new DataLakePipeline(stack, 'Users', {
      databaseName: DATABASE, sources: [usersSource({ cataloguing: Cataloguing.explicit({ columns: COLUMNS, firstPartition: '2025-12-01' }) })],
    });
    FILTERS.forEach(([rowFilter], i) => pipeline.grantRead(new iam.User(stack, `User${i}`), { table: 'users', rowFilter }));
    App.of(stack)!.synth();
    await lake.run('users', `${api.origin}/`);
    await trino.records(lake.table(DATABASE, 'users'), lake.files('users'));
  }, 120_000);
  afterAll(async () => {
    lake.close();
    await api.close();
  });

  test('its projected days are found without a partition in the catalogue, with the rows of the local run', async () => {
    const sql = 'SELECT id, country, score, active, address.city, address.zip, ingestion_date FROM users';
    const rows = await lake.rows(sql);
    expect(rows).toHaveLength(USERS.length);
    expect(await trino.rows(sql)).toEqual(rows);
  }, 60_000);

  test.each(FILTERS)('the row filter %s lets through %j', async (filter, ids) => {
    const sql = `SELECT id FROM users WHERE ${filter}`;
    expect(await trino.rows(sql)).toEqual(ids.map((id) => JSON.stringify([String(id)])));
    expect(await lake.rows(sql)).toEqual(await trino.rows(sql));
  }, 60_000);

  test('with a wrong location of its days, no row is found, and nothing says so', async () => {
    const table = lake.table(DATABASE, 'users');
    const template = 'storage.location.template';
    await trino.records({ ...table, Parameters: { ...table.Parameters, [template]: table.Parameters![template].replace('=${', '-${') } }, lake.files('users'));
    expect(await trino.rows('SELECT id FROM users')).toEqual([]);
  }, 60_000);
});
