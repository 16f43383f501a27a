import { createAuthenticator, authQueryParameter, SecretReader } from '../../../../lambda/extractor/auth';
import { HttpClient, PageRequest } from '../../../../lambda/extractor/http';
import { createPaginator, LoopGuard } from '../../../../lambda/extractor/paginate';
import { Redactor } from '../../../../lambda/extractor/redact';
import { parseJsonPath } from '../../../../src/spec/json-path';
import { PaginationSpec } from '../../../../src/spec/source-spec';
import { Behaviour, HostileServer, json, status } from '../../../support/hostile-server';
import { FakeSecretsManager } from '../../../support/secrets-manager-server';
import { clientFor, failureOf, read } from '../http/support';

const servers: { close(): Promise<void> }[] = [];
let client: HttpClient;

/** An API over the numbers 1 to 25. */
async function serve(api: Behaviour, host?: string) {
  const server = await HostileServer.start([api], host);
  servers.push(server);
  return server;
}

const NUMBERS = Array.from({ length: 25 }, (_, n) => n + 1);
const queryOf = (url: string) => new URL(url, 'http://h').searchParams;

afterEach(async () => {
  await client.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The run loop in small: positions go through JSON, as a checkpoint would store them. */
async function walk(spec: PaginationSpec, base: PageRequest, change: (request: PageRequest) => Promise<PageRequest> = async (r) => r, key?: string) {
  client = clientFor(new URL(base.url).origin);
  const paginator = createPaginator(spec, { authQueryParameter: key });
  const guard = new LoopGuard();
  const found: number[] = [];
  const positions: string[] = [];
  let position = null;
  for (let pages = 1; ; pages++) {
    const request = paginator.request(base, position);
    guard.request(request);
    const response = await client.open(await change(request));
    const text = await read(response);
    const body = text === '' ? { items: [] } : JSON.parse(text);
    guard.page(JSON.stringify(body.items), body.items.length);
    found.push(...body.items);
    const captured = (path: string) => parseJsonPath(path).reduce((value, step) => ('key' in step ? value?.[step.key] : undefined), body);
    const facts = { records: body.items.length, received: found.length, pages, headers: response.headers, requestUrl: response.url, captured };
    const next = paginator.next(position, facts);
    if (next === undefined) {
      return { found, pages, positions };
    }
    positions.push(JSON.stringify(next));
    position = JSON.parse(positions[positions.length - 1]);
  }
}

const get = (url: string): PageRequest => ({ method: 'GET', url, headers: {} });

test('page numbers reach every record, over short pages', async () => {
  const api = await serve(({ url }, ...rest) => {
    const page = Number(queryOf(url).get('page'));
    const items = NUMBERS.slice((page - 1) * 10, page * 10);
    return json({ items: page === 2 ? items.slice(0, 4) : items })({} as never, ...rest);
  });
  const { found, pages } = await walk({ type: 'pageNumber', param: 'page' }, get(`${api.origin}/?size=10`));
  expect(found).toEqual(NUMBERS.filter((n) => n < 15 || n > 20));
  expect(pages).toBe(4);
  expect(api.received.map(({ url }) => url)).toEqual([1, 2, 3, 4].map((n) => `/?size=10&page=${n}`));
});

test('offsets reach every record of a server that caps the limit', async () => {
  const api = await serve(({ url }, ...rest) => {
    const skip = Number(queryOf(url).get('skip'));
    return json({ items: NUMBERS.slice(skip, skip + 7) })({} as never, ...rest);
  });
  const { found } = await walk({ type: 'offset', param: 'skip', limitParam: 'take', limit: 100 }, get(api.origin));
  expect(found).toEqual(NUMBERS);
});

const cursorApi: Behaviour = (request, ...rest) => {
  const token = queryOf(request.url).get('after') ?? request.headers['x-after'] ?? (request.body ? JSON.parse(request.body).after : undefined);
  const from = Number(String(token ?? 't-0').slice(2));
  const next = from + 10 < NUMBERS.length ? `t-${from + 10}` : null;
  return json({ meta: { next }, items: NUMBERS.slice(from, from + 10) }, next === null ? {} : { 'x-next': next })(request, ...rest);
};

test.each<[string, PaginationSpec, Partial<PageRequest>]>([
  ['body to query', { type: 'cursor', token: { path: '$.meta.next' }, target: { in: 'query', name: 'after' } }, {}],
  ['header to header', { type: 'cursor', token: { header: 'X-Next' }, target: { in: 'header', name: 'x-after' } }, {}],
  ['body to body', { type: 'cursor', token: { path: '$.meta.next' }, target: { in: 'body', name: 'after' } }, { method: 'POST', body: '{"q":"*"}' }],
])('a cursor reaches every record: %s', async (_name, spec, more) => {
  const api = await serve(cursorApi);
  const { found, pages } = await walk(spec, { ...get(api.origin), ...more });
  expect(found).toEqual(NUMBERS);
  expect(pages).toBe(3);
});

test('a cursor that comes back is a loop', async () => {
  const api = await serve((request, ...rest) => json({ next: 'same', items: [api.received.length] })(request, ...rest));
  const error = await failureOf(walk({ type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'after' } }, get(api.origin)));
  expect(error).toMatchObject({ code: 'LOOP_DETECTED', message: expect.stringContaining('page 3 asks for the same as page 2') });
});

test('an API that ignores the page number is a loop', async () => {
  const api = await serve(json({ items: NUMBERS }));
  expect(await failureOf(walk({ type: 'pageNumber', param: 'seite' }, get(api.origin)))).toMatchObject({ code: 'LOOP_DETECTED' });
  expect(api.received).toHaveLength(2);
});

test('a 404 on a later page is no end', async () => {
  const api = await HostileServer.start([json({ items: [1] }), json({ items: [2] }), status(404)]);
  servers.push(api);
  expect(await failureOf(walk({ type: 'pageNumber', param: 'page' }, get(api.origin)))).toMatchObject({ code: 'HTTP_404', retryable: false });
});

test('a 204 ends the walk', async () => {
  const api = await HostileServer.start([json({ items: [1] }), status(204)]);
  servers.push(api);
  expect(await walk({ type: 'pageNumber', param: 'page' }, get(api.origin))).toMatchObject({ found: [1], pages: 2 });
});

describe('links', () => {
  const KEY = 's3cret-key';

  async function authorized(origin: string) {
    const secrets = await FakeSecretsManager.start({ 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key': KEY });
    servers.push(secrets);
    const spec = { type: 'apiKey', key: { secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key' }, in: 'query', name: 'key' } as const;
    const authenticator = createAuthenticator(spec, { secrets: new SecretReader(), redactor: new Redactor(), apiOrigin: origin });
    return { change: authenticator.apply, key: authQueryParameter(spec) };
  }

  test.each<PaginationSpec>([{ type: 'linkHeader' }, { type: 'nextUrl', path: '$.next' }])('$type: an echoed key is sent, never stored', async (spec) => {
    const api = await serve((request, ...rest) => {
      const from = Number(queryOf(request.url).get('from') ?? 0);
      const next = from + 10 < NUMBERS.length ? `/?key=${queryOf(request.url).get('key')}&from=${from + 10}` : undefined;
      return json({ items: NUMBERS.slice(from, from + 10), next }, next ? { link: `<${next}>; rel="next"` } : {} as Record<string, string>)(request, ...rest);
    });
    const { change, key } = await authorized(api.origin);
    const { found, positions } = await walk(spec, get(api.origin), change, key);
    expect(found).toEqual(NUMBERS);
    expect(api.received.map(({ url }) => queryOf(url).getAll('key'))).toEqual([[KEY], [KEY], [KEY]]);
    expect(positions).toHaveLength(2);
    expect(positions.join()).not.toContain(KEY);
  });

  test('to another origin carry no key', async () => {
    const other = await serve(json({ items: [2] }), '127.0.0.2');
    const api = await serve(json({ items: [1], next: `${other.origin}/p2?key=${KEY}` }));
    const { change, key } = await authorized(api.origin);
    expect((await walk({ type: 'nextUrl', path: '$.next' }, { ...get(api.origin), headers: { 'x-token': KEY } }, change, key)).found).toEqual([1, 2]);
    expect(JSON.stringify(api.received)).toContain(KEY);
    expect(other.received).toHaveLength(1);
    expect(JSON.stringify(other.received)).not.toContain(KEY);
  });
});
