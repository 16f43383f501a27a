import { createServer, Server, Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { clientFor, failureOf, get, read } from './support';
import { HttpClient } from '../../../../lambda/extractor/http/http-client';
import { Behaviour, drip, HostileServer, raw, reset, silence, stall } from '../../../support/hostile-server';

const servers: HostileServer[] = [];
const clients: HttpClient[] = [];

async function serverOf(behaviour: Behaviour) {
  const server = await HostileServer.start([behaviour]);
  servers.push(server);
  return server;
}

function client(origin: string, timeouts: object = {}) {
  const made = clientFor(origin, { timeouts });
  clients.push(made);
  return made;
}

async function failing(behaviour: Behaviour, timeouts: object = {}) {
  const { origin } = await serverOf(behaviour);
  return failureOf(client(origin, timeouts).open(get(`${origin}/users?key=hidden`)).then(read));
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.close()));
  await Promise.all(servers.splice(0).map((each) => each.close()));
});

describe('timeouts', () => {
  test('a server that never answers ends by the first-byte timeout', async () => {
    const error = await failing(silence, { firstByteMs: 150 });
    expect(error).toMatchObject({ code: 'TIMEOUT_FIRST_BYTE', retryable: true });
    expect(error.message).toContain(`GET ${servers[0].origin}/users: no response within 150 ms`);
  });

  test('a body that never starts ends by the idle timeout', async () => {
    expect(await failing(stall(), { idleMs: 150 })).toMatchObject({ code: 'TIMEOUT_IDLE', retryable: true });
  });

  test('a body that stands still ends by the idle timeout', async () => {
    expect(await failing(stall('{"results": ['), { idleMs: 150 })).toMatchObject({ code: 'TIMEOUT_IDLE', retryable: true });
  });

  test('a body that drips for ever ends by the total timeout', async () => {
    expect(await failing(drip(20), { idleMs: 5000, totalMs: 300 })).toMatchObject({ code: 'TIMEOUT_TOTAL', retryable: true });
  });

  test('a TLS handshake that never ends is a connect timeout', async () => {
    const sockets: Socket[] = [];
    const mute: Server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const origin = `https://127.0.0.1:${(mute.address() as { port: number }).port}`;

    const error = await failureOf(client(origin, { connectMs: 100 }).open(get(`${origin}/`)));

    expect(error).toMatchObject({ code: 'TIMEOUT_CONNECT', retryable: true });
    expect(sockets).toHaveLength(1);
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => mute.close(resolve));
  });

  test('a reader slower than the idle timeout is no fault of the server', async () => {
    const body = `[${'"0123456789",'.repeat(400_000)}1]`;
    const { origin } = await serverOf((_request, response) => void response.end(body));
    const page = await client(origin, { idleMs: 100 }).open(get(origin));
    let size = 0;
    for await (const chunk of page.body) {
      await new Promise((later) => setTimeout(later, size === 0 ? 2_200 : 0));
      size += chunk.length;
    }
    expect(size).toBe(body.length);
  });
});

describe('connections that break', () => {
  test('a reset before the response', async () => {
    expect(await failing(reset())).toMatchObject({ code: 'CONNECTION_RESET', retryable: true });
  });

  test('a reset amid the body', async () => {
    expect(await failing(reset('{"results": ['))).toMatchObject({ code: 'CONNECTION_RESET', retryable: true });
  });

  test('fewer bytes than Content-Length names', async () => {
    expect(await failing(raw('{"results": []}', { 'content-length': '100' }))).toMatchObject({ code: 'TRUNCATED_RESPONSE', retryable: true });
  });

  test('a chunked body without its last chunk', async () => {
    expect(await failing(raw('5\r\n{"a":\r\n', { 'transfer-encoding': 'chunked' }))).toMatchObject({ code: 'TRUNCATED_RESPONSE', retryable: true });
  });

  test('a refused connection', async () => {
    const gone = await HostileServer.start([silence]);
    const { origin } = gone;
    await gone.close();
    expect(await failureOf(client(origin).open(get(origin)))).toMatchObject({ code: 'CONNECTION_REFUSED', retryable: true });
  });

  test('a host name that does not resolve', async () => {
    expect(await failureOf(client('http://no-such-host.invalid').open(get('http://no-such-host.invalid/')))).toMatchObject({ code: 'DNS_ERROR', retryable: true });
  });

  test('a server that does not speak TLS', async () => {
    const origin = (await serverOf(silence)).origin.replace('http:', 'https:');
    expect(await failureOf(client(origin).open(get(origin)))).toMatchObject({ code: 'TLS_ERROR', retryable: false });
  });

  test('a server that does not speak HTTP', async () => {
    expect(await failing((_request, _response, socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'))).toMatchObject({ code: 'BAD_HTTP', retryable: true });
  });
});

describe('a server that closes while the reader holds the response back', () => {
  const body = 'x'.repeat(256 * 1024);
  // Long enough for the end of the connection to arrive while undici's parser is paused.
  const readSlowly = async (origin: string) => {
    const page = await client(origin).open(get(origin));
    await new Promise((later) => setTimeout(later, 100));
    return read(page);
  };

  test.each<[string, Record<string, string>, string]>([
    ['Content-Length', { 'content-length': String(body.length) }, body],
    ['chunks', { 'transfer-encoding': 'chunked' }, `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
    ['the end of the connection', {}, body],
  ])('the body is whole: by %s', async (_name, headers, sent) => {
    const { origin } = await serverOf(raw(sent, headers));
    expect((await readSlowly(origin)).length).toBe(body.length);
  });

  test.each<[string, Record<string, string>, string]>([
    ['Content-Length', { 'content-length': '1000000' }, body],
    ['chunks', { 'transfer-encoding': 'chunked' }, `${body.length.toString(16)}\r\n${body}\r\n`],
  ])('a cut body is an error: by %s', async (_name, headers, sent) => {
    const { origin } = await serverOf(raw(sent, headers));
    expect(await failureOf(readSlowly(origin))).toMatchObject({ code: 'TRUNCATED_RESPONSE', retryable: true });
  });

  test('a reset is an error', async () => {
    const { origin } = await serverOf((_request, response, socket) => {
      response.writeHead(200, { 'connection': 'close', 'content-length': '1000000' }).write(body);
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    expect(await failureOf(readSlowly(origin))).toMatchObject({ code: expect.stringMatching(/CONNECTION_RESET|TRUNCATED_RESPONSE/), retryable: true });
  });
});

describe('compressed bodies that break', () => {
  const page = Buffer.from(JSON.stringify({ results: Array.from({ length: 2000 }, (_, n) => ({ n, random: Math.sin(n) })) }));

  test.each([
    ['gzip', gzipSync(page)],
    ['br', brotliCompressSync(page)],
  ])('%s cut in the middle', async (coding, whole) => {
    const cut = whole.subarray(0, whole.length / 2);
    expect(await failing(raw(cut, { 'content-encoding': coding, 'content-length': String(cut.length) })))
      .toMatchObject({ code: 'TRUNCATED_RESPONSE', retryable: true });
  });

  test('gzip without its last byte', async () => {
    const whole = gzipSync(page);
    expect(await failing(raw(whole.subarray(0, -1), { 'content-encoding': 'gzip' }))).toMatchObject({ code: 'TRUNCATED_RESPONSE', retryable: true });
  });

  test.each(['gzip', 'br'])('%s that is not compressed at all', async (coding) => {
    expect(await failing(raw('{"results": []}', { 'content-encoding': coding }))).toMatchObject({ code: 'CORRUPT_ENCODING', retryable: true });
  });

  test('gzip with a wrong checksum', async () => {
    const whole = gzipSync(page);
    whole.writeUInt32LE(whole.readUInt32LE(whole.length - 8) === 1 ? 2 : 1, whole.length - 8);
    expect(await failing(raw(whole, { 'content-encoding': 'gzip' }))).toMatchObject({ code: 'CORRUPT_ENCODING', retryable: true });
  });

  test('a coding that was not asked for', async () => {
    const error = await failing(raw('{}', { 'content-encoding': 'compress' }));
    expect(error).toMatchObject({ code: 'UNSUPPORTED_ENCODING', retryable: false });
    expect(error.message).toContain('"compress", accepted are gzip, deflate, br');
  });
});

test('no failure repeats the query', async () => {
  const errors = [await failing(reset()), await failing(silence, { firstByteMs: 50 }), await failing(stall(), { totalMs: 50 })];
  for (const error of errors) {
    expect(JSON.stringify([error.message, error.details])).not.toContain('hidden');
  }
});
