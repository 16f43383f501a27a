import { Duration, SecretValue, Size, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, ExtractorFunction, HttpMethod, HttpSourceOptions, Pagination, Source, TokenPlace, TokenSource, WriteMode } from '../../../src';
import { RawBucket } from '../../../src/storage/raw-bucket';
import { newStack, usersSource } from '../../support/synth';

const rendered = (options: Partial<HttpSourceOptions> = {}) => usersSource(options)._render();

describe('what the extractor reads', () => {
  test('a plain source says no more than its name and where its records stand', () => {
    expect(rendered()).toEqual({ version: 1, source: 'users', records: '$.results' });
  });

  test('what equals the default is left out', () => {
    expect(rendered({
      auth: Auth.none(),
      pagination: Pagination.none(),
      writeMode: WriteMode.snapshot(),
      method: HttpMethod.GET,
      query: {},
      headers: {},
      retry: { maxAttempts: 6, baseDelay: Duration.millis(500), maxDelay: Duration.seconds(30) },
      timeouts: { connect: Duration.seconds(10), firstByte: Duration.seconds(60), idle: Duration.seconds(30), total: Duration.minutes(10) },
      limits: { maxRecordSize: Size.mebibytes(32), partSize: Size.mebibytes(16) },
    })).toEqual({ version: 1, source: 'users', records: '$.results' });
  });

  test('what differs from the default stands there in milliseconds and bytes', () => {
    expect(rendered({
      retry: { maxAttempts: 1, maxDelay: Duration.minutes(1) },
      timeouts: { connect: Duration.seconds(2) },
      limits: { partSize: Size.mebibytes(4) },
      writeMode: WriteMode.append(),
    })).toEqual({
      version: 1,
      source: 'users',
      records: '$.results',
      retry: { maxAttempts: 1, maxDelayMs: 60_000 },
      timeouts: { connectMs: 2000 },
      limits: { partBytes: 4_194_304 },
      writeMode: { type: 'append' },
    });
  });

  test('an empty snapshot is allowed by name only', () => {
    expect(rendered({ writeMode: WriteMode.snapshot({ allowEmpty: true }) }).writeMode).toEqual({ type: 'snapshot', allowEmpty: true });
    expect(rendered({ writeMode: WriteMode.snapshot({ allowEmpty: false, allowCut: false }) }).writeMode).toBeUndefined();
    expect(rendered({ writeMode: WriteMode.snapshot({ allowCut: true }) }).writeMode).toEqual({ type: 'snapshot', allowCut: true });
  });

  test('maps are sorted, whatever order another language gives them', () => {
    const request = rendered({
      method: HttpMethod.POST,
      query: { b: '2', a: '1' },
      headers: { 'X-B': '2', 'X-A': '1' },
      body: { z: [{ d: 1, c: 2 }], a: null },
    }).request;
    expect(JSON.stringify(request)).toBe(
      '{"method":"POST","query":{"a":"1","b":"2"},"headers":{"X-A":"1","X-B":"2"},"body":{"a":null,"z":[{"c":2,"d":1}]}}',
    );
  });

  test.each([
    [Pagination.pageNumber({ param: 'page' }), { type: 'pageNumber', param: 'page' }],
    [Pagination.pageNumber({ param: 'p', start: 0, sizeParam: 'n', size: 100, maxPages: 3, hasMore: '$.more' }),
      { type: 'pageNumber', param: 'p', start: 0, sizeParam: 'n', size: 100, maxPages: 3, hasMore: '$.more' }],
    [Pagination.pageNumber({ param: 'page', start: 1 }), { type: 'pageNumber', param: 'page' }],
    [Pagination.offset({ param: 'skip', start: 0, limitParam: 'limit', limit: 50 }), { type: 'offset', param: 'skip', limitParam: 'limit', limit: 50 }],
    [Pagination.cursor({ token: TokenSource.path('$.next'), target: TokenPlace.query('cursor') }),
      { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'cursor' } }],
    [Pagination.cursor({ token: TokenSource.header('X-Next'), target: TokenPlace.body('after') }),
      { type: 'cursor', token: { header: 'X-Next' }, target: { in: 'body', name: 'after' } }],
    [Pagination.cursor({ token: TokenSource.path('$.next'), target: TokenPlace.header('X-After') }),
      { type: 'cursor', token: { path: '$.next' }, target: { in: 'header', name: 'X-After' } }],
    [Pagination.keyset({ field: '$.id', target: TokenPlace.query('after'), total: TokenSource.header('X-Total'), maxRecords: 100 }),
      { type: 'keyset', field: '$.id', target: { in: 'query', name: 'after' }, total: { header: 'X-Total' }, maxRecords: 100 }],
    [Pagination.offset({ param: 'skip', stablePages: true, total: TokenSource.path('$.total') }), { type: 'offset', param: 'skip', stablePages: true, total: { path: '$.total' } }],
    [Pagination.pageNumber({ param: 'page', stablePages: false }), { type: 'pageNumber', param: 'page' }],
    [Pagination.linkHeader(), { type: 'linkHeader' }],
    [Pagination.linkHeader({ rel: 'following', maxPages: 2 }), { type: 'linkHeader', rel: 'following', maxPages: 2 }],
    [Pagination.nextUrl({ path: '$.paging.next' }), { type: 'nextUrl', path: '$.paging.next' }],
  ])('pagination %#', (pagination, spec) => {
    expect(rendered({ pagination }).pagination).toEqual(spec);
  });
});

describe('authentication', () => {
  const withSecret = (auth: (secret: secretsmanager.ISecret) => Auth) => {
    const stack = newStack();
    const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'S', stack.formatArn({
      service: 'secretsmanager', resource: 'secret', resourceName: 'api-abcdef', account: '111111111111', region: 'eu-west-1',
    }));
    return { secretArn: secret.secretArn, auth: rendered({ auth: auth(secret) }).auth };
  };

  test('a bearer token is the whole secret or a field of it', () => {
    const { secretArn, auth } = withSecret((secret) => Auth.bearer(secret));
    expect(auth).toEqual({ type: 'bearer', token: { secretArn } });
    expect(withSecret((secret) => Auth.bearer(secret, { field: 'token' })).auth).toMatchObject({ token: { field: 'token' } });
  });

  test('an API key travels in a header or in the query', () => {
    expect(withSecret((secret) => Auth.apiKey(secret, { header: 'X-Api-Key' })).auth).toMatchObject({ type: 'apiKey', in: 'header', name: 'X-Api-Key' });
    expect(withSecret((secret) => Auth.apiKey(secret, { queryParameter: 'key', field: 'k' })).auth)
      .toMatchObject({ type: 'apiKey', in: 'query', name: 'key', key: { field: 'k' } });
  });

  test('user name and password are two fields of one secret', () => {
    const { secretArn, auth } = withSecret((secret) => Auth.basic(secret));
    expect(auth).toEqual({ type: 'basic', username: { secretArn, field: 'username' }, password: { secretArn, field: 'password' } });
    expect(withSecret((secret) => Auth.basic(secret, { usernameField: 'u', passwordField: 'p' })).auth)
      .toMatchObject({ username: { field: 'u' }, password: { field: 'p' } });
  });
});

describe('bad input fails at synth and says how to put it right', () => {
  const build = (name: string, options: Partial<HttpSourceOptions>, stack: Stack = newStack()) => {
    const source = Source.http(name, { url: 'https://api.example.com/users', records: '$', ...options });
    return new ExtractorFunction(stack, 'Extractor', { source, bucket: new RawBucket(stack, 'Raw').bucket });
  };
  const secret = (stack: Stack) => new secretsmanager.Secret(stack, 'S', { secretStringValue: SecretValue.unsafePlainText('x') });

  test('good input passes', () => {
    expect(() => build('users', {})).not.toThrow();
  });

  test.each<[string, string, Partial<HttpSourceOptions>, RegExp]>([
    ['upper case in a name', 'Users', {}, /Test\/Extractor: invalid property\n {2}- sources\.Users\.name: got "Users"; use lower-case/],
    ['a hyphen in a name', 'my-users', {}, /sources\.my-users\.name: got "my-users"; use lower-case/],
    ['a path that is none', 'users', { records: 'results' }, /sources\.users\.records: got "results"; a JSONPath starts with "\$"/],
    ['a relative URL', 'users', { url: '/users?key=hidden' }, /sources\.users\.url: got "\/users"; use an absolute URL/],
    ['another scheme', 'users', { url: 'ftp://api.example.com/' }, /url: got "ftp:\/\/api.example.com"; use https/],
    ['credentials in the URL', 'users', { url: 'https://me:hidden@api.example.com/' }, /url: got "https:\/\/api.example.com"; credentials stand in Secrets Manager/],
    ['a fragment', 'users', { url: 'https://api.example.com/#top' }, /a fragment is never sent/],
    ['credentials in a header', 'users', { headers: { authorization: 'hidden' } }, /headers: got "authorization"; credentials stand in Secrets Manager: use auth/],
    ['a body with GET', 'users', { body: {} }, /request\.body: .*set method to 'POST'/],
    ['a page size without its parameter', 'users', { pagination: Pagination.pageNumber({ param: 'page', size: 10 }) }, /give sizeParam and size together/],
    ['no record at all', 'users', { pagination: Pagination.linkHeader({ maxRecords: 0 }) }, /pagination\.maxRecords: got 0; use a whole number above 0/],
    ['a total inside the records', 'users', { pagination: Pagination.linkHeader({ total: TokenSource.path('$.a[*].total') }) }, /pagination\.total\.path: .*name one place/],
    ['a keyset field that is no path', 'users', { pagination: Pagination.keyset({ field: 'id', target: TokenPlace.query('after') }) }, /pagination\.field: got "id"; a JSONPath starts/],
    ['a keyset in the body of a GET', 'users', { pagination: Pagination.keyset({ field: '$.id', target: TokenPlace.body('after') }) }, /pagination\.target: .*set method to 'POST'/],
    ['no attempt', 'users', { retry: { maxAttempts: 0 } }, /retry\.maxAttempts: got 0; use a whole number above 0/],
  ])('%s', (_, name, options, message) => {
    expect(() => build(name, options)).toThrow(message);
  });

  test('an error never repeats what may be a secret', () => {
    for (const options of [{ url: '/users?key=hidden' }, { url: 'https://me:hidden@api.example.com/' }, { headers: { authorization: 'hidden' } }]) {
      expect(() => build('users', options)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hidden') }));
    }
  });

  test('credentials do not travel in the clear, except on loopback', () => {
    const at = (url: string) => {
      const stack = newStack();
      return build('users', { url, auth: Auth.bearer(secret(stack)) }, stack);
    };
    expect(() => at('https://api.example.com/')).not.toThrow();
    expect(() => at('http://127.0.0.1:8080/')).not.toThrow();
    expect(() => at('http://api.example.com/')).toThrow(/credentials would travel in the clear/);
  });

  test('an API key stands in one place', () => {
    const keyed = (options: { header?: string; queryParameter?: string }) => {
      const stack = newStack();
      return build('users', { auth: Auth.apiKey(secret(stack), options) }, stack);
    };
    expect(() => keyed({ header: 'X-Key' })).not.toThrow();
    expect(() => keyed({ header: 'X-Key', queryParameter: 'key' })).toThrow(/a header or a query parameter, not both/);
    expect(() => keyed({})).toThrow(/name the header or query parameter/);
  });

  test('all problems of a source stand in one error', () => {
    expect(() => build('Users', { records: 'results', url: 'nowhere' })).toThrow(/3 invalid properties\n.*name.*\n.*records.*\n.*url/);
  });

  test('a spec that the function cannot hold', () => {
    expect(() => build('users', { headers: { 'X-Long': 'x'.repeat(3800) } })).not.toThrow();
    expect(() => build('users', { headers: { 'X-Long': 'x'.repeat(4096) } })).toThrow(/sources\.users: got "4\d\d\d bytes of environment"; Lambda takes 4096/);
  });
});
