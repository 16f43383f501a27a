import { DATABASE, TestLake } from './lake';
import { projectedPartitions } from '../../../cli/athena/partition-projection';
import { GlueTable } from '../../../cli/catalog';

const NOW = new Date('2026-03-15T10:30:00Z');

const table = (parameters: Record<string, string>, keys = ['k']): GlueTable => ({
  Name: 't',
  DatabaseName: 'db',
  Parameters: { 'projection.enabled': 'true', ...parameters },
  PartitionKeys: keys.map((Name) => ({ Name, Type: 'string' })),
  StorageDescriptor: { Columns: [], Location: 's3://lake/t' },
});

const values = (parameters: Record<string, string>) => projectedPartitions(table(parameters), NOW).map(({ Values: [value] }) => value);

const key = (properties: Record<string, string>) => Object.fromEntries(Object.entries(properties).map(([name, value]) => [`projection.k.${name}`, value]));

describe('the values of a key', () => {
  test.each([
    [{ type: 'enum', values: 'a, b,c' }, ['a', 'b', 'c']],
    [{ type: 'integer', range: '1,10', interval: '4', digits: '3' }, ['001', '005', '009']],
    [{ type: 'integer', range: '-1,1' }, ['-1', '0', '1']],
    [{ type: 'date', range: '2026-02-27,2026-03-01', format: 'yyyy-MM-dd' }, ['2026-02-27', '2026-02-28', '2026-03-01']],
    [{ type: 'date', range: 'NOW-1DAYS,NOW', format: 'yyyy-MM-dd' }, ['2026-03-14', '2026-03-15']],
    [{ type: 'date', range: '2026/01,NOW', format: 'yyyy/MM' }, ['2026/01', '2026/02', '2026/03']],
    [{ type: 'date', range: '20260315T08,NOW', format: "yyyyMMdd'T'HH" }, ['20260315T08', '20260315T09', '20260315T10']],
    [{ type: 'date', range: '2024,NOW', format: 'yyyy' }, ['2024', '2025', '2026']],
    [{ 'type': 'date', 'range': '2026-03-01,NOW', 'format': 'yyyy-MM-dd', 'interval': '1', 'interval.unit': 'WEEKS' }, ['2026-03-01', '2026-03-08', '2026-03-15']],
  ])('%j', (properties, expected) => {
    expect(values(key(properties))).toEqual(expected);
  });

  test.each([
    [{}, 'INVALID_TABLE_PROPERTY: table db.t: projection.k.type must be a value, got none'],
    [{ type: 'number' }, 'projection.k.type must be enum, integer, date or injected, got number'],
    [{ type: 'injected' }, 'NOT_SUPPORTED_LOCALLY: table db.t: the injected projection of k'],
    [{ type: 'integer', range: '1' }, 'projection.k.range must be a first and a last value, got 1'],
    [{ type: 'integer', range: '1,x' }, 'projection.k.range must be two integers'],
    [{ type: 'date', range: '2026-01-01,NOW', format: 'yyyyMMdd' }, 'projection.k.range must be dates as yyyyMMdd, or NOW, got 2026-01-01,NOW'],
    [{ type: 'date', range: '2026-Jan,NOW', format: 'yyyy-MMM' }, 'NOT_SUPPORTED_LOCALLY: table db.t: the date format yyyy-MMM'],
    [{ type: 'integer', range: '1,99999999' }, 'projection.k.range must be'],
  ])('%j is refused', (properties, message) => {
    expect(() => values(key(properties as Record<string, string>))).toThrow(message);
  });
});

test('every combination has its folder, by the template or by the names of the keys', () => {
  const parameters = { 'projection.a.type': 'enum', 'projection.a.values': 'x,y', 'projection.b.type': 'integer', 'projection.b.range': '1,2' };
  const locations = (more: Record<string, string>) => projectedPartitions(table({ ...parameters, ...more }, ['a', 'b']), NOW).map(({ StorageDescriptor }) => StorageDescriptor.Location);
  expect(locations({})).toEqual(['s3://lake/t/a=x/b=1/', 's3://lake/t/a=x/b=2/', 's3://lake/t/a=y/b=1/', 's3://lake/t/a=y/b=2/']);
  expect(locations({ 'storage.location.template': 's3://lake/${b}/of/${a}' })).toEqual(['s3://lake/1/of/x', 's3://lake/2/of/x', 's3://lake/1/of/y', 's3://lake/2/of/y']);
  expect(() => locations({ 'storage.location.template': 's3://lake/${c}' })).toThrow('names ${c}, the partition keys are a, b');
});

describe('a table whose partitions are projected', () => {
  let lake: TestLake;

  beforeEach(async () => {
    lake = new TestLake();
    lake.catalog.createDatabase(DATABASE);
    for (const day of ['2026-01-01', '2026-01-02', '2025-12-31']) {
      lake.put(`raw/users/day=${day}/a.jsonl`, `{"id":"${day}"}\n`);
    }
  });
  afterEach(() => lake.close());

  const create = (type: string, enabled: boolean) => lake.query(`CREATE EXTERNAL TABLE users (id string) PARTITIONED BY (day ${type}) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    LOCATION 's3://lake/raw/users/' TBLPROPERTIES ('projection.enabled'='${enabled}', 'projection.day.type'='date', 'projection.day.format'='yyyy-MM-dd', 'projection.day.range'='2026-01-01,NOW')`);

  test('is read without a crawl, within the range', async () => {
    await create('string', true);
    expect(await lake.rows('SELECT id, day FROM users ORDER BY 1')).toEqual([['2026-01-01', '2026-01-01'], ['2026-01-02', '2026-01-02']]);
    expect(await lake.rows("SELECT count(*) FROM users WHERE day = '2025-12-31'")).toEqual([['0']]);
  });

  test("shows a key in the key's type", async () => {
    await create('date', true);
    const { columns, rows } = await lake.query("SELECT max(day) AS day FROM users WHERE day < DATE '2026-01-02'");
    expect(columns).toEqual([{ name: 'day', type: 'date' }]);
    expect(rows).toEqual([['2026-01-01']]);
  });

  test('has the partitions of the catalogue when the projection is off', async () => {
    await create('string', false);
    expect(await lake.rows('SELECT * FROM users')).toEqual([]);
    await lake.query("ALTER TABLE users ADD PARTITION (day = '2025-12-31')");
    expect(await lake.rows('SELECT id FROM users')).toEqual([['2025-12-31']]);
  });
});
