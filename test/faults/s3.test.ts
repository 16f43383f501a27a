import { FULL_PARTS, fullPages } from './support/paged-api';
import { first, isCommit, isPart, S3Call, S3Fault } from './support/s3-gate';
import { fault } from './support/trial';
import { stagedPartKey } from '../../src/spec';

/** Each kind of request fails once. */
const onceEach = (answer: S3Fault) => {
  const met = new Set<string>();
  return { met, hook: ({ operation }: S3Call) => (met.size < met.add(operation).size ? answer : undefined) };
};
const ALL = ['COPY', 'DELETE', 'GET', 'HEAD', 'LIST', 'PUT'];

const always = (fits: (call: S3Call) => boolean, answer: S3Fault) => (call: S3Call) => (fits(call) ? answer : undefined);

fault('40 SlowDown', async (trial) => {
  const slowDown = { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };
  trial.gate.before = always(isPart, slowDown);
  await trial.run();
  const passing = onceEach(slowDown);
  trial.gate.before = passing.hook;
  await trial.run();

  expect([...passing.met].sort()).toEqual(ALL.filter((operation) => operation !== 'HEAD'));
  await trial.expectInvariants({ error: { code: 'STORE_UNAVAILABLE', retryable: true } });
});

fault('41 500 after commit', async (trial) => {
  const commits = first(isCommit);
  trial.gate.after = (call) => (commits(call) ? { status: 500, code: 'InternalError' } : undefined);
  await trial.run();
  expect(trial.gate.calls.filter(isCommit)).toHaveLength(2);
  expect(trial.lake.state('users').seq).toBe(2);
  await trial.expectInvariants();
});

fault('42 412 same', async (trial) => {
  const parts = first(isPart);
  const statuses: number[] = [];
  trial.gate.after = (call, reply) => {
    if (isPart(call)) {
      statuses.push(reply.status);
    }
    return parts(call) ? 'cut' : undefined;
  };
  await trial.run();
  expect(statuses).toEqual([200, 412]);
  await trial.expectInvariants();
});

fault('43 412 different', async (trial) => {
  const key = stagedPartKey('users', 'meets-another', trial.lake.state('users').epoch + 1, 0);
  await trial.lake.store.put(key, Buffer.from('not ours'), {});
  await trial.run({ runId: 'meets-another' });
  expect(trial.lake.read(key).toString()).toBe('not ours');
  await trial.expectInvariants({ error: { code: 'OBJECT_DIFFERS', retryable: false }, rerun: { runId: 'meets-another' } });
});

fault('44 409', async (trial) => {
  const met = new Set<string>();
  trial.gate.before = ({ operation, key, body }) => {
    // Every conditional write, once by its content.
    const write = operation === 'PUT' && `${key} ${(body.toString().match(/"nonce": "[^"]*"/) ?? [''])[0]}`;
    return write && met.size < met.add(write.split(' ')[0]).size ? { status: 409, code: 'ConditionalRequestConflict' } : undefined;
  };
  await trial.run();
  expect(met.size).toBe(4); // the state, a part, its checkpoint, the result
  await trial.expectInvariants();
});

fault('45 403', async (trial) => {
  trial.gate.before = always(isPart, { status: 403, code: 'AccessDenied', message: 'Access Denied' });
  const { error } = await trial.run();
  expect(error?.text).toContain('s3:PutObject on s3://lake/_staging/users/');
  await trial.expectInvariants({ error: { code: 'STORE_ACCESS_DENIED', retryable: false } });
});

fault('46 KMS disabled', async (trial) => {
  trial.gate.before = always(isPart, { status: 400, code: 'KMS.DisabledException', message: 'The key is disabled.' });
  await trial.run();
  await trial.expectInvariants({ error: { code: 'STORE_KEY_UNUSABLE', retryable: false } });
});

fault('47 connection reset', async (trial) => {
  const before = onceEach('cut');
  trial.gate.before = before.hook;
  await trial.run();
  expect([...before.met].sort()).toEqual(expect.arrayContaining(['COPY', 'DELETE', 'GET', 'LIST', 'PUT']));
  await trial.expectInvariants();
});

fault('48 success status with an error body', async (trial) => {
  const copies = first(({ operation }) => operation === 'COPY');
  trial.gate.before = (call) => (copies(call) ? { status: 200, code: 'InternalError' } : undefined);
  await trial.run();
  expect(trial.gate.calls.filter(({ operation }) => operation === 'COPY')).toHaveLength(2);
  await trial.expectInvariants();
});

fault('49 list over several pages', async (trial) => {
  trial.api.pages = fullPages(2, 4);
  await trial.run({ runId: 'many', ...FULL_PARTS });
  expect(trial.lake.keys('raw/users').length).toBeGreaterThan(1);
  trial.api.pages = fullPages(3, 4);
  let pages = 0;
  trial.gate.before = (call) => {
    if (call.operation === 'LIST') {
      pages++;
      call.path += '&max-keys=1';
    }
  };
  // What a death leaves has to be found again, and what the old snapshot had has to go, page by page.
  await trial.runUntilDead({ runId: 'dies', ...FULL_PARTS }, (call, when) => when === 'after' && isCommit(call));
  await trial.run({ runId: 'dies', ...FULL_PARTS });
  expect(pages).toBeGreaterThan(5);
  expect(trial.lake.keys('_staging')).toEqual([]);
  await trial.expectInvariants();
});

fault('50 checksum mismatch', async (trial) => {
  const spoil = (body: Buffer) => body.writeUInt8(255 - body.readUInt8(body.length - 1), body.length - 1);
  const reads = first(({ operation, key }) => operation === 'GET' && key.startsWith('_state/'));
  trial.gate.after = (call, reply) => {
    if (reads(call)) {
      spoil(reply.body);
    }
  };
  await trial.run();
  expect(trial.gate.calls).toHaveLength(1);
  const parts = first(isPart);
  trial.gate.before = (call) => {
    if (parts(call)) {
      spoil(call.body);
    }
  };
  await trial.run();
  expect(trial.gate.calls.filter(isPart)).toHaveLength(2); // the store refused the spoilt one
  await trial.expectInvariants({ error: { code: 'STORE_UNAVAILABLE', retryable: true } });
});

fault('51 NoSuchBucket', async (trial) => {
  await trial.run({ bucket: 'nowhere' });
  await trial.expectInvariants({ error: { code: 'STORE_BUCKET_MISSING', retryable: false } });
});
