import { RunLog } from '../../../lambda/extractor/commit';
import { SourceSpec } from '../../../src/spec';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { HostileServer, json } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const SPEC: Partial<SourceSpec> = { writeMode: { type: 'append' } };

let lake: TestLake;
let server: HostileServer | undefined;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

/** An API that answers when it is told to. */
async function gatedApi() {
  let open = () => undefined as void;
  let asked = () => undefined as void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (asked = resolve));
  server = await startApi([async (...args) => {
    asked();
    await gate;
    await json({ results: [{ id: 1 }] })(...args);
  }]);
  return { open, reached };
}

test('a second run of a source that is being read ends with a clear message, and the first is not disturbed', async () => {
  const { open, reached } = await gatedApi();
  const first = extract(lake, server!.origin, { runId: 'first', spec: SPEC });
  await reached;
  // Longer than a lease, whose end S3's clock tells to a second only: the first run renews it.
  await new Promise((later) => setTimeout(later, 3000));
  await expect(extract(lake, server!.origin, { runId: 'second', spec: SPEC })).rejects.toMatchObject({
    code: 'BUSY',
    retryable: true,
    message: expect.stringMatching(/^source "users" is being read by run "first" \(test\) until .*: try again later, or continue that run by its id$/),
    details: { runId: 'first' },
  });
  open();
  expect(await first).toMatchObject({ done: true, records: 1 });
  expect(lake.lines('users')).toHaveLength(1);

  expect(await extract(lake, server!.origin, { runId: 'second', spec: SPEC })).toMatchObject({ done: true });
});

test('the lease of a dead holder expires', async () => {
  server = await startApi([json({ results: [{ id: 1 }] })]);
  const dead = await RunLog.open(lake.store, { source: 'users', runId: 'dead', mode: 'append', leaseSeconds: 2, quietSeconds: 0, holder: 'killed process' });
  await (dead as RunLog).close(); // stops renewing, and says nothing to anyone

  const busy = await extract(lake, server.origin, { spec: SPEC }).catch((error) => error);
  expect(busy).toMatchObject({ code: 'BUSY', details: { runId: 'dead', holder: 'killed process' }, retryAfterSeconds: expect.any(Number) });
  await new Promise((later) => setTimeout(later, busy.retryAfterSeconds * 1000 + 1100)); // S3's clock counts whole seconds
  expect(await extract(lake, server.origin, { spec: SPEC })).toMatchObject({ done: true, records: 1 });
});

test('a holder that was taken for dead commits nothing when it wakes', async () => {
  const { open, reached } = await gatedApi();
  const first = extract(lake, server!.origin, { runId: 'same', spec: SPEC });
  await reached;
  // The same run may take over at once.
  const second = extract(lake, server!.origin, { runId: 'same', spec: SPEC });
  await new Promise((later) => setTimeout(later, 300));
  open();
  const ends = await Promise.allSettled([first, second]);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'FENCED', retryable: true });
  expect(lake.lines('users')).toHaveLength(1);
});

test('ten runs at once: those that found the source free are in the table, each once', async () => {
  server = await startApi([json({ results: [{ id: 1 }] })]);
  const runs = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => extract(lake, server!.origin, { runId: `run-${i}`, spec: SPEC })));
  const done = runs.filter(({ status }) => status === 'fulfilled').length;
  runs.forEach((each) => each.status === 'rejected' && expect(['BUSY', 'FENCED']).toContain(each.reason.code));
  expect(done).toBeGreaterThan(0);
  expect(lake.lines('users')).toHaveLength(done);
});
