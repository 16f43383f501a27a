import type { Table } from '@aws-sdk/client-glue';
import { GlueCatalog } from '../../../../lambda/catalog/glue-catalog';
import { planTransform } from '../../../../lambda/catalog/transform/plan-transform';
import { prepareTransform } from '../../../../lambda/catalog/transform/prepare-transform';
import { LakeStore } from '../../../../lambda/extractor/store';
import { TransformPlan, TransformPlanRequest, TransformRequest } from '../../../../src/spec';

const catalogOf = (tables: Record<string, Partial<Table>>, files: Record<string, object> = {}) =>
  ({
    catalog: { getTable: async ({ table }: { table: string }) => tables[table] } as unknown as GlueCatalog,
    store: { get: async (key: string) => files[key] && { body: Buffer.from(JSON.stringify(files[key])) } } as unknown as LakeStore,
  });

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
    expect((await prepareTransform(request({ partitionBy: ['a'] }), here)).counts).toContain('SELECT count(DISTINCT coalesce(CAST("q"."a" AS varchar)');
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
      message: expect.stringMatching(/^table lake\.users, column a: was int, the query now yields string; CAST/),
    });
  });

  const COLUMN = [{ Name: 'day', Type: 'varchar' }];
  const spec = (...fields: object[]) => ({ 'default-spec-id': 1, 'partition-specs': [{ 'spec-id': 0, 'fields': [] }, { 'spec-id': 1, fields }] });
  const partitioned = (partitionBy: string[], metadata: object | undefined) => {
    const users = {
      Parameters: { table_type: 'ICEBERG', metadata_location: 's3://bucket/curated/users/metadata/00001-a.metadata.json' },
      StorageDescriptor: { Columns: [{ Name: 'day', Type: 'string' }, { Name: '_run_id', Type: 'string' }] },
    };
    const files: Record<string, object> = metadata ? { 'curated/users/metadata/00001-a.metadata.json': metadata } : {};
    return planTransform({ ...request({ partitionBy }), action: 'planTransform', columns: COLUMN }, catalogOf({ users }, files));
  };

  test('stay the same over a table that is partitioned as the transform says', async () => {
    expect((await partitioned(['day'], spec({ name: 'day', transform: 'identity' }))).statements).toHaveLength(1);
    expect((await partitioned(['day'], undefined)).statements).toHaveLength(1); // no metadata to read: Athena says what is wrong with it
  });

  test.each([
    [['day'], spec(), /is partitioned by nothing, partitionBy now names day: partitions are fixed when a table is made\. Set partitionBy back, or give/],
    [[], spec({ name: 'day', transform: 'identity' }), /is partitioned by day, partitionBy now names nothing/],
    [['day'], spec({ name: 'day', transform: 'month' }), /is partitioned by month of day, partitionBy now names day/],
  ])('are none over a table that is partitioned otherwise than by %j', async (partitionBy, metadata, message) => {
    await expect(partitioned(partitionBy, metadata)).rejects.toMatchObject({ name: 'TRANSFORM_INVALID', message: expect.stringMatching(message) });
  });

  test('are none for a merge of rows without a key, which are counted', async () => {
    const merge = request({ mode: { type: 'merge', key: ['day'], latestBy: 'at' } });
    await expect(planTransform({ ...merge, action: 'planTransform', columns: COLUMN, nullKeys: 3 }, catalogOf({}))).rejects.toMatchObject({
      name: 'MERGE_KEY_NULL', message: expect.stringMatching(/^3 rows of the query have NULL in the key \(day\).*nothing was written\. Leave them out/),
    });
  });
});
