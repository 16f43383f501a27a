import { clientFor, failureOf, get, read } from './support';
import { ExtractorError } from '../../../../lambda/extractor/errors';
import { HttpClient } from '../../../../lambda/extractor/http/http-client';
import { retryDelayMs, RetryOptions, withRetry } from '../../../../lambda/extractor/http/retry';
import { retryAfterSeconds } from '../../../../lambda/extractor/http/retry-after';
import { Behaviour, HostileServer, html, json, reset, status } from '../../../support/hostile-server';

describe('the delay', () => {
  const retry = { baseDelayMs: 100, maxDelayMs: 1000 };

  test('doubles up to its ceiling', () => {
    expect([1, 2, 3, 4, 5, 50].map((attempt) => retryDelayMs(attempt, retry, 0.9999))).toEqual([99, 199, 399, 799, 999, 999]);
  });

  test('is anything from zero on', () => {
    expect([0, 0.25, 0.5].map((random) => retryDelayMs(3, retry, random))).toEqual([0, 100, 200]);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2024, 0, 1);

  test.each([
    ['5', 5], [' 0 ', 0], ['1.2', 2],
    ['Mon, 01 Jan 2024 00:01:30 GMT', 90], ['Sun, 31 Dec 2023 00:00:00 GMT', 0],
    ['soon', undefined], ['-5', undefined], ['', undefined], [undefined, undefined],
  ])('%s is %s', (text, seconds) => {
    expect(retryAfterSeconds(text, now)).toBe(seconds);
  });
});

describe('against a server', () => {
  let server: HostileServer;
  let client: HttpClient;
  let waits: number[];

  const options = (more: Partial<RetryOptions> = {}): RetryOptions => ({
    retry: { maxAttempts: 4, baseDelayMs: 1000 },
    timeLeftMs: () => 60_000,
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...more,
  });

  async function serve(...behaviours: Behaviour[]) {
    server = await HostileServer.start(behaviours);
    client = clientFor(server.origin);
    waits = [];
    return () => client.open(get(server.origin)).then(read);
  }

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  test('one 500 is passed over', async () => {
    const fetch = await serve(status(500), json({ ok: 1 }));
    const told: unknown[] = [];
    expect(await withRetry(fetch, options({ onRetry: (error, ms, n) => told.push([error.code, ms, n]) }))).toBe('{"ok":1}');
    expect(told).toEqual([['HTTP_500', 500, 1]]);
    expect(waits).toEqual([500]);
  });

  test('a reset and a page of HTML are passed over', async () => {
    const fetch = await serve(reset(), html('<p>wait'), json({ ok: 1 }));
    expect(await withRetry(fetch, options())).toBe('{"ok":1}');
    expect(waits).toEqual([500, 1000]);
  });

  test('an endless 503 ends with the attempts', async () => {
    const fetch = await serve(status(503, {}, 'down'));
    const error = await failureOf(withRetry(fetch, options()));
    expect(error).toMatchObject({ code: 'HTTP_503', retryable: true, details: { attempts: 4, status: 503 } });
    expect(error.message).toContain('after 4 attempts');
    expect(server.received).toHaveLength(4);
    expect(waits).toEqual([500, 1000, 2000]);
  });

  test('a 404 is not tried again', async () => {
    const fetch = await serve(status(404));
    expect(await failureOf(withRetry(fetch, options()))).toMatchObject({ code: 'HTTP_404' });
    expect(server.received).toHaveLength(1);
  });

  test('waits at least as long as the server asks', async () => {
    const fetch = await serve(status(429, { 'retry-after': '7' }), json({}));
    await withRetry(fetch, options());
    expect(waits).toEqual([7000]);
  });

  test('a wait longer than the time left is handed on', async () => {
    const fetch = await serve(status(429, { 'retry-after': '61' }));
    const error = await failureOf(withRetry(fetch, options()));
    expect(error).toMatchObject({ code: 'RETRY_LATER', retryable: true, retryAfterSeconds: 61, details: { code: 'HTTP_429' } });
    expect(waits).toEqual([]);
  });
});

test('attempts are counted from 1', async () => {
  const seen: number[] = [];
  await withRetry(async (n) => {
    seen.push(n);
    if (n < 3) {
      throw new ExtractorError('X', 'x', { retryable: true });
    }
  }, { timeLeftMs: () => 1e9, sleep: async () => undefined });
  expect(seen).toEqual([1, 2, 3]);
});

test('a fault in the code is not tried again', async () => {
  let calls = 0;
  await expect(withRetry(async () => {
    calls++;
    throw new TypeError('bug');
  }, { timeLeftMs: () => 1e9, sleep: async () => undefined })).rejects.toThrow(TypeError);
  expect(calls).toBe(1);
});
