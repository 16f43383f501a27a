import { failureOf, openLog, optionsOf, runAll, SOURCE } from './support';
import { RunLog } from '../../../../lambda/extractor/commit';
import { stateKey } from '../../../../src/spec';
import { TestLake } from '../../../support/test-lake';

describe('the state of a source', () => {
  let lake: TestLake;
  beforeEach(async () => {
    lake = await TestLake.start();
  });
  afterEach(() => lake.close());

  const write = (text: string) => lake.store.put(stateKey(SOURCE), Buffer.from(text), {});
  const open = () => failureOf(RunLog.open(lake.store, optionsOf('run')));

  test('is created for a source without data, also under an empty folder of the console', async () => {
    await lake.store.put('raw/users/', Buffer.alloc(0), {});
    await (await openLog(lake.store, 'run')).close();

    expect(lake.state(SOURCE)).toMatchObject({ version: 1, epoch: 1, seq: 0, open: { runId: 'run', date: '2025-06-30', base: null } });
  });

  test('that is missing beside data is an error, and is not made anew', async () => {
    await runAll(lake.store, 'run1', ['a']);
    await lake.store.delete(stateKey(SOURCE));

    expect(await open()).toMatchObject({ code: 'STATE_MISSING', retryable: false, message: expect.stringContaining('s3://lake/_state/users.json') });
    expect(lake.keys('_state/')).toEqual([]);
  });

  test.each([
    ['that is cut off', '{"version":1,"nonce":'],
    ['that is empty', ''],
    ['that is no object', '[]'],
    ['without a version', '{}'],
    ['without an epoch', '{"version":1,"nonce":"n"}'],
    ['with half an open run', JSON.stringify({ ...whole(), open: { runId: 'x' } })],
    ['with half a pending publish', JSON.stringify({ ...whole(), pending: { seq: 1 } })],
    ['with a negative seq', JSON.stringify({ ...whole(), seq: -1 })],
  ])('%s is an error, and stays as it is', async (_, text) => {
    await write(text);

    expect(await open()).toMatchObject({ code: 'STATE_CORRUPT', retryable: false, message: expect.stringContaining('s3://lake/_state/users.json') });
    expect(lake.read(stateKey(SOURCE)).toString()).toBe(text);
  });

  test('that is whole is taken', async () => {
    await write(JSON.stringify(whole()));
    const log = await openLog(lake.store, 'run');
    await log.close();

    expect(log.epoch).toBe(8);
  });

  test.each([[2, /newer release/], [0, /the release that wrote it/]])('of version %d is an error, and stays as it is', async (version, fix) => {
    const text = JSON.stringify({ ...whole(), version });
    await write(text);

    expect(await open()).toMatchObject({ code: 'STATE_VERSION', retryable: false, message: expect.stringMatching(fix) });
    expect(lake.read(stateKey(SOURCE)).toString()).toBe(text);
  });

  test('is not touched for a time that is none', async () => {
    const error = await failureOf(RunLog.open(lake.store, optionsOf('run', { scheduledTime: 'tomorrow' })));

    expect(error).toMatchObject({ code: 'INVALID_REQUEST', retryable: false, message: expect.stringContaining('"tomorrow"') });
    expect(lake.keys('_state/')).toEqual([]);
  });
});

function whole() {
  return { version: 1, nonce: 'n', epoch: 7, seq: 3, watermark: null, resume: null, schema: null, schemaHash: null, quietUntil: null, open: null, pending: null };
}
