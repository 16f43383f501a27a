import { datalake } from '../../support/datalake-bin';
import { HandwrittenSource, handwrittenApp } from '../../support/handwritten-app';

const LOCAL = ['--local', '--assembly', 'cdk.out', '--json'];

const custom = (path: string, more: Partial<HandwrittenSource> = {}): HandwrittenSource =>
  ({ name: 'rates', url: `http://127.0.0.1:1${path}`, properties: { Runtime: 'nodejs24.x' }, manifest: { custom: true }, ...more });

const answering = (answer: object) => custom(`/answer/${encodeURIComponent(JSON.stringify(answer))}`);

interface Document { readonly runs: Record<string, unknown>[]; readonly error?: { code: string; message: string; hint?: string } }

async function run(...sources: HandwrittenSource[]): Promise<Document> {
  const { stdout } = await datalake(['run', ...LOCAL], { cwd: handwrittenApp(...sources) });
  return JSON.parse(stdout) as Document;
}

test('a function of the user\'s own runs on this machine', async () => {
  expect((await run(custom('/rows/3'))).runs).toMatchObject([{ source: 'rates', records: 3, catalogue: 'crawled' }]);
});

test('reaches Secrets Manager here as the extractor does', async () => {
  const cwd = handwrittenApp(custom('/env'));
  await datalake(['run', ...LOCAL], { cwd });
  const { stdout } = await datalake(['query', '--local', '--assembly', 'cdk.out', '--json', 'SELECT aws_endpoint_url_secrets_manager FROM lake_db.rates'], { cwd });
  expect((JSON.parse(stdout) as { rows: string[][] }).rows[0][0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

describe('an answer that is no run result', () => {
  test('is told with all that is wrong with it, and what to answer', async () => {
    const { error } = await run(answering({ records: 'many', bytes: 1, partition: 'raw/orders/ingestion_date=2026-01-02' }));
    expect(error).toMatchObject({ code: 'RESULT_INVALID', hint: 'correct what the function answers' });
    expect(error!.message).toBe([
      'source "rates": what its function answered is no run result',
      '  - done: got nothing; answer true when all is written, false to be called again with the same run id',
      '  - records: got "many"; use a whole number, 0 or more',
      '  - partition: got "raw/orders/ingestion_date=2026-01-02"; answer the partition below raw/rates/ that the run writes, as "ingestion_date=YYYY-MM-DD"',
    ].join('\n'));
  });

  test('is one that counts records where no object is', async () => {
    const { error } = await run(answering({ done: true, records: 5, bytes: 1, partition: 'ingestion_date=2026-01-03' }));
    expect(error).toMatchObject({
      code: 'RESULT_INVALID', message: 'source "rates": its function answered 5 records, and s3://lake-bucket/raw/rates/ingestion_date=2026-01-03/ holds no *.jsonl.gz',
    });
  });

  test('is not one without records', async () => {
    const { error, runs } = await run(answering({ done: true, records: 0, bytes: 0, partition: 'ingestion_date=2026-01-03' }));
    expect([error, runs]).toMatchObject([undefined, [{ records: 0 }]]);
  });
});

describe('a function that cannot run on this machine', () => {
  test.each<[string, Partial<HandwrittenSource>, RegExp]>([
    ['of another runtime', { properties: { Runtime: 'python3.13' } }, /its function's runtime is python3\.13, and this machine runs those of Node only/],
    ['in a container', { properties: { PackageType: 'Image', Code: { ImageUri: 'x' } } }, /its function is a container image/],
    ['inline', { properties: { Runtime: 'nodejs24.x', Code: { ZipFile: 'exports.handler = 1' } } }, /its function's code is inline/],
    ['with layers', { properties: { Runtime: 'nodejs24.x', Layers: ['arn'] } }, /its function has layers/],
    ['imported', { manifest: { custom: true, function: undefined, importedFunction: 'far' } }, /its function is imported, so its code is not in the app/],
  ])('%s is told of, and the other sources run', async (_what, more, message) => {
    const { error, runs } = await run(custom('/rows/3', more), { name: 'users', url: 'http://127.0.0.1:1/rows/2' });
    expect(error).toMatchObject({ code: 'NOT_LOCAL', message: expect.stringMatching(message), hint: expect.stringContaining('datalake run rates') });
    expect(runs).toMatchObject([{ source: 'users', records: 2 }]);
  });
});
