import type { Table } from '@aws-sdk/client-glue';
import { GlueCatalog } from '../../../../lambda/catalog/glue-catalog';
import { planTransform } from '../../../../lambda/catalog/transform/plan-transform';
import { prepareTransform } from '../../../../lambda/catalog/transform/prepare-transform';
import { TransformPlan, TransformPlanRequest, TransformRequest } from '../../../../src/spec';

const catalogOf = (tables: Record<string, Partial<Table>>) =>
  ({ catalog: { getTable: async ({ table }: { table: string }) => tables[table] } as unknown as GlueCatalog });

const request = (transform: Partial<TransformPlan> = {}): TransformRequest => ({
  action: 'prepareTransform',
  bucket: 'bucket',
  database: 'lake',
  runId: 'run-1',
  ingestionDate: '2026-11-23',
  transform: {
    name: 'users',
    table: 'users',
    inputs: ['raw', 'other'],
    mode: { type: 'append' },
    partitionBy: [],
    columns: {},
    query: "SELECT a, '{{run_id}}' AS run FROM raw WHERE ingestion_date = '{{ingestion_date}}' OR ingestion_date < '{{ingestion_date}}'",
    ...transform,
  },
});

describe('what is asked before a transform', () => {
  test('its columns; and its partitions, if it has any', async () => {
    const here = catalogOf({ raw: {}, other: {} });
    const query = "\nSELECT a, 'run-1' AS run FROM raw WHERE ingestion_date = '2026-11-23' OR ingestion_date < '2026-11-23'\n";
    expect(await prepareTransform(request(), here)).toEqual({ ready: true, columns: `SELECT * FROM (${query}) AS "q" LIMIT 0` });
    expect((await prepareTransform(request({ partitionBy: ['a'] }), here)).partitions).toContain('SELECT count(DISTINCT coalesce(CAST("q"."a" AS varchar)');
  });

  test('nothing, while tables are missing that it reads', async () => {
    expect(await prepareTransform(request(), catalogOf({ raw: {} }))).toEqual({ ready: false, missing: ['other'] });
  });
});

describe('the statements of a transform', () => {
  const plan = (columns: TransformPlanRequest['columns'], tables: Record<string, Partial<Table>> = {}) =>
    planTransform({ ...request(), action: 'planTransform', columns }, catalogOf(tables));

  test('make the table first, where there is none', async () => {
    const { statements } = await plan([{ Name: 'a', Type: 'bigint' }, { Name: 'run', Type: 'varchar' }]);
    expect(statements.map((sql) => sql.split(' (')[0].split('\n')[0])).toEqual(['CREATE TABLE IF NOT EXISTS `lake`.`users`', 'MERGE INTO "lake"."users" AS "t"']);
    expect(statements[0]).toContain("LOCATION 's3://bucket/curated/users/'");
    expect(statements[1]).toContain("ingestion_date = '2026-11-23'");
  });

  test('an error names the transform, the table, the column and both types', async () => {
    const users = { Parameters: { table_type: 'ICEBERG' }, StorageDescriptor: { Columns: [{ Name: 'a', Type: 'int' }] } };
    await expect(plan([{ Name: 'a', Type: 'varchar' }], { users })).rejects.toMatchObject({
      name: 'TRANSFORM_INVALID',
      message: expect.stringMatching(/^transform users: table lake\.users, column a: was int, the query now yields string; CAST/),
    });
  });
});
