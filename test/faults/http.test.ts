import { createServer as createTlsServer } from 'node:https';
import { AddressInfo, createServer, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { selfSigned } from './support/self-signed';
import { fault, retries, SECRET_ARN } from './support/trial';
import '../support/loopback-fence.cjs'; // were the guard broken, nothing of these tests would leave the machine
import { drip, html, HostileServer, json, raw, redirect, reset, stall, status } from '../support/hostile-server';

const START = '{"results":[{"id":1,"version":2,';

fault('1 refused', async (trial) => {
  const gone = await HostileServer.start([json({})]);
  const url = `${gone.origin}/`;
  await gone.close();

  await trial.run({ url });
  await trial.expectInvariants({ error: { code: 'CONNECTION_REFUSED', retryable: true } });
});

fault('2 DNS', async (trial) => {
  await trial.run({ url: 'http://no-such-host.invalid/users', spec: { retry: { maxAttempts: 2, baseDelayMs: 1 } } });
  await trial.expectInvariants({ error: { code: 'DNS_ERROR', retryable: true } });
});

fault('3 connect hang', async (trial) => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  trial.onClose(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => mute.close(resolve));
  });

  const url = `https://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
  await trial.run({ url, spec: { timeouts: { connectMs: 100 }, retry: { maxAttempts: 2, baseDelayMs: 1 } } });
  expect(sockets).toHaveLength(2);
  await trial.expectInvariants({ error: { code: 'TIMEOUT_CONNECT', retryable: true } });
});

fault('4 mid-body stall', async (trial) => {
  trial.api.fail(2, stall(START));
  const outcome = await trial.run({ spec: { timeouts: { idleMs: 500 } } });
  expect(retries(outcome)).toEqual(['TIMEOUT_IDLE']);
  await trial.expectInvariants();
});

fault('5 RST', async (trial) => {
  trial.api.fail(1, reset());
  trial.api.fail(2, reset(START));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['CONNECTION_RESET', 'CONNECTION_RESET']);
  await trial.expectInvariants();
});

fault('6 short Content-Length', async (trial) => {
  // Whole records before the cut: they must not stay.
  const body = JSON.stringify({ results: trial.api.pages[1] });
  trial.api.fail(2, raw(body.slice(0, -20), { 'content-length': String(body.length) }));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['TRUNCATED_RESPONSE']);
  await trial.expectInvariants();
});

fault('7 truncated gzip', async (trial) => {
  const whole = gzipSync(JSON.stringify({ results: trial.api.pages[1] }));
  trial.api.fail(2, raw(whole.subarray(0, -9), { 'content-encoding': 'gzip' }));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['TRUNCATED_RESPONSE']);
  await trial.expectInvariants();
});

fault('8 slow drip', async (trial) => {
  trial.api.fail(2, drip(20));
  const outcome = await trial.run({ spec: { timeouts: { idleMs: 5_000, totalMs: 700 } } });
  expect(retries(outcome)).toEqual(['TIMEOUT_TOTAL']);
  await trial.expectInvariants();
});

fault('9 429 seconds', async (trial) => {
  trial.api.fail(2, status(429, { 'retry-after': '1' }));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['HTTP_429']);
  expect(outcome.tookMs).toBeGreaterThanOrEqual(1000);
  await trial.expectInvariants();
});

fault('10 429 date', async (trial) => {
  let until = 0;
  trial.api.fail(2, (...args) => {
    until = Math.ceil(Date.now() / 1000) * 1000 + 1000;
    return status(429, { 'retry-after': new Date(until).toUTCString() })(...args);
  });
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['HTTP_429']);
  expect(Date.now()).toBeGreaterThanOrEqual(until);
  await trial.expectInvariants();
});

fault('11 Retry-After over budget', async (trial) => {
  trial.api.fail(2, status(429, { 'retry-after': '3600' }));
  const first = await trial.run({ runId: 'waits' });
  expect(first.result).toMatchObject({ done: false, records: 4 });
  expect(first.result!.retryAfterSeconds).toBeGreaterThan(3500);
  await trial.expectInvariants({ table: trial.before, rerun: { runId: 'waits' } });
  // The second invocation went on where the first one stood.
  expect(trial.server.received.filter(({ url }) => url.endsWith('page=1'))).toHaveLength(1);
});

fault('12 one 500', async (trial) => {
  trial.api.fail(1, status(500));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['HTTP_500']);
  await trial.expectInvariants();
});

fault('13 endless 503', async (trial) => {
  trial.api.failAlways(3, status(503));
  await trial.run();
  expect(trial.server.received.filter(({ url }) => url.endsWith('page=3'))).toHaveLength(6); // bounded
  await trial.expectInvariants({ error: { code: 'HTTP_503', retryable: true } });
});

fault('14 401 then refresh', async (trial) => {
  trial.api.fail(2, (_request, ...rest) => {
    // The secret is rotated while the run goes on.
    trial.api.token = trial.secrets.secrets[SECRET_ARN] = 'rotated-token';
    trial.secretsUsed.push('rotated-token');
    return status(401)(_request, ...rest);
  });
  await trial.run();
  expect(trial.secrets.asked.length).toBeGreaterThanOrEqual(2);
  await trial.expectInvariants();
});

fault('15 403', async (trial) => {
  trial.api.failAlways(2, (request, ...rest) => status(403, {}, `no: ${request.headers.authorization}`)(request, ...rest));
  await trial.run();
  await trial.expectInvariants({ error: { code: 'HTTP_403', retryable: false } });
});

fault('16 404 on a later page', async (trial) => {
  trial.api.failAlways(2, status(404));
  await trial.run();
  await trial.expectInvariants({ error: { code: 'HTTP_404', retryable: false } });
});

fault('17 redirect loop', async (trial) => {
  trial.api.failAlways(2, redirect(302, '/users?page=2'));
  await trial.run();
  await trial.expectInvariants({ error: { code: 'REDIRECT_LOOP', retryable: false } });
});

fault('18 cross-host redirect', async (trial) => {
  const other = await HostileServer.start([json({ results: trial.api.pages[1] })], '127.0.0.2');
  trial.onClose(() => other.close());
  trial.api.fail(2, redirect(307, `${other.origin}/users`));
  await trial.run();

  expect(other.received).toHaveLength(1);
  expect(JSON.stringify(other.received)).not.toContain('authorization');
  await trial.expectInvariants();
});

fault('19 redirect to link-local or private address', async (trial) => {
  // Another address of this machine, which nobody allowed: what an internal service is to a function in a VPC.
  const internal = await HostileServer.start([json({ results: [{ id: 666 }] })], '127.0.0.3');
  trial.onClose(() => internal.close());
  for (const target of ['http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/', 'http://[::ffff:169.254.169.254]/', `${internal.origin}/`]) {
    trial.api.fail(2, redirect(302, target));
    await trial.run();
  }
  expect(trial.outcomes).toHaveLength(4);
  expect(internal.received).toEqual([]);
  expect(internal.connections).toBe(0);
  await trial.expectInvariants({ error: { code: 'ADDRESS_REFUSED', retryable: false } });
});

fault('20 bad TLS', async (trial) => {
  const server = createTlsServer(selfSigned(), (_request, response) => response.end('{"results":[{"id":666}]}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  trial.onClose(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const outcome = await trial.run({ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  expect(outcome.error?.text).toMatch(/SELF_SIGNED/); // and not a certificate that cannot be read
  await trial.expectInvariants({ error: { code: 'TLS_ERROR', retryable: false } });
});

fault('21 200 with HTML', async (trial) => {
  trial.api.fail(1, html('<html>please log in</html>'));
  trial.api.failAlways(2, html('<html>we are down</html>'));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(Array(6).fill('NOT_JSON'));
  await trial.expectInvariants({ error: { code: 'NOT_JSON', retryable: true } });
});

fault('22 malformed JSON', async (trial) => {
  trial.api.fail(2, raw(`{"results":[${JSON.stringify(trial.api.pages[1][0])},{"id":6,}]}`), raw('{"results":[]} {"results":[]}'), raw(''));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(Array(3).fill('MALFORMED_RESPONSE'));
  await trial.expectInvariants();
});

fault('23 bad UTF-8', async (trial) => {
  trial.api.fail(2, raw(Buffer.concat([Buffer.from('{"results":[{"id":5,"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}]}')])));
  const outcome = await trial.run();
  expect(retries(outcome)).toEqual(['MALFORMED_RESPONSE']);
  await trial.expectInvariants();
});

fault('24 gzip bomb', async (trial) => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('{"results":['), Buffer.alloc(32 * 1024 * 1024, ' '), Buffer.from(']}')]));
  trial.api.failAlways(2, raw(bomb, { 'content-encoding': 'gzip' }));
  await trial.run();
  expect(trial.server.received.filter(({ url }) => url.endsWith('page=2'))).toHaveLength(1);
  await trial.expectInvariants({ error: { code: 'DECOMPRESSION_LIMIT', retryable: false } });
});
