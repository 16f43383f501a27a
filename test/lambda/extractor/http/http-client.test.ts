import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { clientFor, failureOf, get, read } from './support';
import { HttpClient } from '../../../../lambda/extractor/http/http-client';
import { Redactor } from '../../../../lambda/extractor/redact';
import { Behaviour, HostileServer, html, json, raw, silence, stall, status } from '../../../support/hostile-server';

let server: HostileServer;
let client: HttpClient;

async function serve(...behaviours: Behaviour[]) {
  server = await HostileServer.start(behaviours);
  client = clientFor(server.origin);
}

afterEach(async () => {
  await client.close();
  await server.close();
});

describe('requests', () => {
  test('sends method, query, headers and body as given', async () => {
    await serve(json({}));
    await read(await client.open({ method: 'POST', url: `${server.origin}/search?$filter=a,b&q=%20`, headers: { 'X-Team': 'lake' }, body: '{"n":1}' }));
    expect(server.received).toMatchObject([
      { method: 'POST', url: '/search?$filter=a,b&q=%20', headers: { 'x-team': 'lake', 'content-type': 'application/json' }, body: '{"n":1}' },
    ]);
  });

  test('names itself and the codings that it reads, unless the source says otherwise', async () => {
    await serve(json({}));
    await read(await client.open(get(server.origin)));
    await read(await client.open(get(server.origin, { 'User-Agent': 'mine', 'Accept': 'application/vnd.api+json' })));
    expect(server.received[0].headers).toMatchObject({ 'user-agent': 'cdk-data-lake-pipeline', 'accept': 'application/json' });
    expect(server.received[0].headers['accept-encoding']).toMatch(/^gzip, deflate, br/);
    expect(server.received[1].headers).toMatchObject({ 'user-agent': 'mine', 'accept': 'application/vnd.api+json' });
  });

  test('pages share one connection', async () => {
    await serve(json({ page: 1 }));
    for (let n = 0; n < 5; n++) {
      await read(await client.open(get(server.origin)));
    }
    expect(server.received).toHaveLength(5);
    expect(server.connections).toBe(1);
  });

  test('an address that is none fails without repeating it', async () => {
    await serve(json({}));
    const error = await failureOf(client.open(get('ftp://host/?key=hidden')));
    expect(error).toMatchObject({ code: 'BAD_URL', retryable: false });
    expect(error.message).not.toContain('hidden');
  });
});

describe('bodies', () => {
  const text = JSON.stringify({ results: Array.from({ length: 50_000 }, (_, n) => ({ n, name: 'Zoë' })) });

  test.each<[string, Buffer]>([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['GZIP', Buffer.concat([gzipSync(text.slice(0, 999)), gzipSync(text.slice(999))])],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
  ])('are decompressed: %s', async (coding, body) => {
    await serve(raw(body, { 'content-encoding': coding }));
    const page = await client.open(get(server.origin));
    expect(page).toMatchObject({ status: 200, url: server.origin });
    expect(await read(page)).toBe(text);
  });

  test.each(['identity', 'gzip', 'deflate', 'br'])('204 is an empty page: %s', async (coding) => {
    await serve(status(204, { 'content-encoding': coding }));
    const page = await client.open(get(server.origin));
    expect([page.status, await read(page)]).toEqual([204, '']);
  });

  test('come as they arrive, and the server waits for a slow reader', async () => {
    let written = 0;
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    await serve(async (_request, response) => {
      while (written < 64 && !response.destroyed) {
        written++;
        if (!response.write(chunk)) {
          await new Promise<void>((go) => response.once('drain', go).once('close', go));
        }
      }
      response.end();
    });
    const page = await client.open(get(server.origin));
    for await (const first of page.body) {
      expect(first.length).toBeGreaterThan(0);
      await new Promise((later) => setTimeout(later, 200));
      break;
    }
    expect(written).toBeLessThan(32);
  });

  test('a reader that stops early frees the connection', async () => {
    await serve(stall('['), json([]));
    for await (const _chunk of (await client.open(get(server.origin))).body) {
      break;
    }
    expect(await read(await client.open(get(server.origin)))).toBe('[]');
  });
});

describe('a success that is no JSON', () => {
  test.each([
    ['a page of HTML', html('\n <!doctype html><title>Sign in</title>')],
    ['text that calls itself HTML', html('Service Unavailable')],
    ['HTML that calls itself JSON', raw('  \r\n<html>Sign in</html>')],
  ])('%s is an error that shows its start', async (_name, behaviour) => {
    await serve(behaviour);
    const error = await failureOf(client.open(get(`${server.origin}/users`)));
    expect(error).toMatchObject({ code: 'NOT_JSON', retryable: true });
    expect(error.message).toMatch(/users: expected JSON, got (text\/html; charset=utf-8|HTML): .*(Sign in|Service Unavailable)/);
  });

  test('JSON that calls itself HTML is read', async () => {
    await serve(html('{"results": []}'));
    expect(await read(await client.open(get(server.origin)))).toBe('{"results": []}');
  });
});

describe('refusals', () => {
  test.each([[408, true], [425, true], [429, true], [500, true], [502, true], [503, true], [504, true],
    [400, false], [401, false], [403, false], [404, false], [410, false], [501, false]])('status %i, retryable: %s', async (code, retryable) => {
    await serve(status(code, {}, '{"error": "no"}'));
    const error = await failureOf(client.open(get(`${server.origin}/users?key=hidden`)));
    expect(error).toMatchObject({ code: `HTTP_${code}`, name: `HTTP_${code}`, retryable, retryAfterSeconds: undefined, details: { status: code } });
    expect(error.message).toContain(`GET ${server.origin}/users: the API answered ${code}`);
    expect(error.message).toContain('{"error": "no"}');
  });

  test('Retry-After in seconds', async () => {
    await serve(status(429, { 'retry-after': '17' }));
    expect(await failureOf(client.open(get(server.origin)))).toMatchObject({ code: 'HTTP_429', retryAfterSeconds: 17 });
  });

  test('Retry-After as a date, by the given clock', async () => {
    await serve(status(503, { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }));
    await client.close();
    client = clientFor(server.origin, { now: () => Date.UTC(1999, 11, 31, 23, 58, 0) });
    expect(await failureOf(client.open(get(server.origin)))).toMatchObject({ code: 'HTTP_503', retryAfterSeconds: 119 });
  });

  test('403 with Retry-After is a rate limit', async () => {
    await serve(status(403, { 'retry-after': '60' }));
    expect(await failureOf(client.open(get(server.origin)))).toMatchObject({ code: 'HTTP_403', retryable: true, retryAfterSeconds: 60 });
  });

  test('the excerpt of the body is short, on one line, decompressed and redacted', async () => {
    const secret = 'k-0123456789';
    const body = `first\r\n\tline ${secret} ${'x'.repeat(465)}${secret}${'y'.repeat(100_000)}`;
    await serve((_request, response) => void response.writeHead(400, { 'content-encoding': 'gzip' }).end(gzipSync(body)));
    const redactor = new Redactor();
    redactor.add(secret);
    await client.close();
    client = clientFor(server.origin, { redact: (text) => redactor.redact(text) });

    const { message } = await failureOf(client.open(get(server.origin)));

    expect(message).toContain(': first line *** xxx');
    expect(message.length).toBeLessThan(600);
    // A secret cut by the limit would show its beginning.
    expect(message).not.toContain('k-01');
  });

  test('a body that fails does not hide the status', async () => {
    await serve((_request, response, socket) => {
      response.writeHead(500, { 'content-length': '50' }).write('broken');
      setTimeout(() => socket.destroy(), 50);
    });
    expect(await failureOf(client.open(get(server.origin)))).toMatchObject({ code: 'HTTP_500', message: expect.stringContaining('broken') });
  });

  test('a connection is used again after a refusal', async () => {
    await serve(status(500, {}, 'oops'), json({}));
    await failureOf(client.open(get(server.origin)));
    await read(await client.open(get(server.origin)));
    expect(server.connections).toBe(1);
  });
});

describe('a caller that gives up', () => {
  test('before the response', async () => {
    await serve(silence);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect(await failureOf(client.open(get(server.origin), abort.signal))).toMatchObject({ code: 'ABORTED', retryable: true });
  });

  test('while reading', async () => {
    await serve(stall('{'));
    const abort = new AbortController();
    const page = await client.open(get(server.origin), abort.signal);
    setTimeout(() => abort.abort(), 50);
    expect(await failureOf(read(page))).toMatchObject({ code: 'ABORTED' });
  });

  test('before it began', async () => {
    await serve(json({}));
    expect(await failureOf(client.open(get(server.origin), AbortSignal.abort()))).toMatchObject({ code: 'ABORTED' });
    expect(server.received).toHaveLength(0);
  });
});
