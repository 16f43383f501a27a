import { join } from 'node:path';
import { crawlerAnswer, DeployedApp, runResult } from './support';
import { newFolder, writeFiles } from '../../support/handwritten-app';
import { AwsAnswer, Script } from '../../support/scripted-aws';

const app = new DeployedApp();

afterEach(async () => app.close());

const READY = [crawlerAnswer('READY'), crawlerAnswer('READY', { Status: 'SUCCEEDED', StartTime: 2000 })];
const TABLE: AwsAnswer = { body: { Table: { Name: 'users', StorageDescriptor: { Columns: [] } } } };
const CRAWL: Script = { GetCrawler: (_input, nth) => READY[Math.min(nth, 1)], StartCrawler: () => ({}), GetTable: () => TABLE };

/** Two partitions with quarantined records: of each one record can be redriven, and the second call of the first one ends it. */
const redriven = (input: Readonly<Record<string, any>>, nth: number, records = 1): AwsAnswer => {
  const first = input.redrive.after === undefined;
  return {
    body: runResult('users', input.runId as string, {
      done: nth > 0,
      records,
      quarantined: first ? 0 : 2,
      partition: `ingestion_date=2026-01-0${first ? 1 : 2}`,
      redrive: { matched: first ? 1 : 0, more: first, refused: [], needCorrection: first ? 0 : 2 },
    }),
  };
};

test('calls the deployed function for each partition until it is done, then crawls', async () => {
  const corrections = '{"id":"x","original":{"id":9007199254740993123}}';
  const file = join(writeFiles(newFolder(), { 'corrected.jsonl': `${corrections}\n` }), 'corrected.jsonl');
  const { code, stdout } = await app.run(['redrive', 'users', '--file', file, '--json'], { Invoke: redriven, ...CRAWL });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    runs: [
      { partition: 'ingestion_date=2026-01-01', records: 1, quarantined: 0, catalogue: 'crawled' },
      { partition: 'ingestion_date=2026-01-02', records: 1, quarantined: 2, catalogue: 'crawled' },
    ],
  });
  const [first, again, second] = app.inputs('Invoke');
  expect(first).toMatchObject({ name: 'real-usersFunction', redrive: { corrections: [corrections] } });
  expect(again).toEqual(first);
  expect(second).toMatchObject({ redrive: { after: '2026-01-01', corrections: [corrections] } });
  expect(second.runId).not.toBe(first.runId);
  expect(app.operations()).toEqual(['Invoke', 'Invoke', 'Invoke', 'GetCrawler', 'StartCrawler', 'GetCrawler', 'GetTable']);
});

test('records that can only be corrected are told, by partition', async () => {
  const { stderr, stdout } = await app.run(['redrive', 'users'], { Invoke: redriven, ...CRAWL });
  expect(stdout + stderr).toContain('2 records of ingestion_date=2026-01-02 can only be corrected');
  expect(stdout + stderr).not.toContain('ingestion_date=2026-01-01 can');
});

test('a table into which nothing was redriven is not crawled', async () => {
  const { code } = await app.run(['redrive', 'users'], { Invoke: (input, nth) => redriven(input, nth, 0) });
  expect(code).toBe(0);
  expect(app.operations()).toEqual(['Invoke', 'Invoke', 'Invoke']);
});

test('a crawl that fails is told beside what was redriven', async () => {
  const failed = { Status: 'FAILED', StartTime: 3000, ErrorMessage: 'no permission' };
  const { code, stdout } = await app.run(['redrive', 'users', '--json'], {
    Invoke: redriven, ...CRAWL, GetCrawler: (_input, nth) => (nth === 0 ? READY[0] : crawlerAnswer('READY', failed)),
  });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'CRAWL_FAILED' }, runs: [{ records: 1 }, { records: 1 }] });
});
