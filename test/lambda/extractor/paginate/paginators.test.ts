import { page } from './support';
import { PageRequest } from '../../../../lambda/extractor/http';
import { boundReached, createPaginator } from '../../../../lambda/extractor/paginate';
import { PaginationSpec } from '../../../../src/spec/source-spec';

const base: PageRequest = { method: 'GET', url: 'https://api.example.com/v1/users?fields=a,b', headers: { accept: 'x' } };
const post: PageRequest = { ...base, method: 'POST', body: '{"query":"q","variables":{"first":10}}' };

test.each([undefined, { type: 'none' } as const])('none: one page, the request as it is', (spec) => {
  const paginator = createPaginator(spec);
  expect(paginator.request(base, null)).toEqual(base);
  expect(paginator.next(null, page())).toBeUndefined();
});

describe('what ends every paginator', () => {
  const specs: PaginationSpec[] = [
    { type: 'pageNumber', param: 'page' },
    { type: 'offset', param: 'offset' },
    { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'after' } },
    { type: 'keyset', field: '$.id', target: { in: 'query', name: 'after' } },
    { type: 'linkHeader' },
    { type: 'nextUrl', path: '$.next' },
  ];
  const more = { lastField: '7', headers: { link: '</v1/users?page=2>; rel=next' }, captured: { '$.next': '/v1/users?page=2' } };

  test.each(specs)('$type: goes on after a short page', (spec) => {
    expect(createPaginator(spec).next(null, page({ ...more, records: 1 }))).toBeDefined();
  });

  test.each(specs)('$type: ends when as many records came as the API counts, and not before', (spec) => {
    const byPath = createPaginator({ ...spec, total: { path: '$.count' } } as PaginationSpec);
    const at = (total: unknown) => byPath.next(null, page({ ...more, received: 20, captured: { ...more.captured, '$.count': total } }));
    expect(byPath.capture).toContain('$.count');
    expect(at(21)).toBeDefined();
    expect(at(undefined)).toBeDefined();
    expect(at(null)).toBeDefined();
    expect(at(20)).toBeUndefined();
    expect(at('20')).toBeUndefined();
    const byHeader = createPaginator({ ...spec, total: { header: 'X-Total-Count' } } as PaginationSpec);
    expect(byHeader.next(null, page({ ...more, received: 20, headers: { ...more.headers, 'x-total-count': '21' } }))).toBeDefined();
    expect(byHeader.next(null, page({ ...more, received: 20, headers: { ...more.headers, 'x-total-count': '20' } }))).toBeUndefined();
  });

  test.each(['many', 1.5, -1, {}])('a total of %p is an error', (total) => {
    const paginator = createPaginator({ type: 'pageNumber', param: 'page', total: { path: '$.count' } });
    expect(() => paginator.next(null, page({ pages: 3, captured: { '$.count': total } })))
      .toThrow(expect.objectContaining({ code: 'BAD_TOTAL', retryable: false, message: expect.stringContaining('page 3: the total at $.count') }));
  });

  test.each(specs)('$type: ends when hasMore is false, and only then', (spec) => {
    const paginator = createPaginator({ ...spec, hasMore: '$.more' } as PaginationSpec);
    const next = (value: unknown) => paginator.next(null, page({ ...more, captured: { ...more.captured, '$.more': value } }));
    expect(paginator.capture).toContain('$.more');
    expect(next(true)).toBeDefined();
    expect(next(undefined)).toBeDefined();
    expect(next(false)).toBeUndefined();
  });
});

describe('bounds of a run', () => {
  test.each<[object, object, string | undefined]>([
    [{}, { pages: 9, records: 9 }, undefined],
    [{ maxPages: 3 }, { pages: 2, records: 9 }, undefined],
    [{ maxPages: 3 }, { pages: 3, records: 9 }, 'maxPages'],
    [{ maxRecords: 10 }, { pages: 3, records: 9 }, undefined],
    [{ maxRecords: 10 }, { pages: 3, records: 10 }, 'maxRecords'],
    [{ maxPages: 3, maxRecords: 10 }, { pages: 3, records: 10 }, 'maxRecords'],
  ])('%j after %j: %s', (end, run, bound) => {
    expect(boundReached(end, run as { pages: number; records: number })).toBe(bound);
  });
});

describe('page number', () => {
  const paginator = createPaginator({ type: 'pageNumber', param: 'page', sizeParam: 'per_page', size: 50 });

  test('counts from 1 and leaves the other parameters as they are', () => {
    expect(paginator.request(base, null).url).toBe('https://api.example.com/v1/users?fields=a,b&page=1&per_page=50');
    expect(paginator.next(null, page())).toEqual({ page: 2 });
    expect(paginator.request(base, { page: 7 }).url).toBe('https://api.example.com/v1/users?fields=a,b&page=7&per_page=50');
    expect(paginator.next({ page: 7 }, page())).toEqual({ page: 8 });
  });

  test('takes 0 for a start', () => {
    const fromZero = createPaginator({ type: 'pageNumber', param: 'page', start: 0 });
    expect(fromZero.request(base, null).url).toContain('page=0');
    expect(fromZero.next(null, page())).toEqual({ page: 1 });
  });

  test('replaces the parameter when the url has it', () => {
    expect(paginator.request({ ...base, url: 'https://h/?page=9&a=%20' }, { page: 2 }).url).toBe('https://h/?a=%20&page=2&per_page=50');
  });

  test('ends with an empty page', () => {
    expect(paginator.next({ page: 7 }, page({ records: 0 }))).toBeUndefined();
  });
});

describe('offset', () => {
  const paginator = createPaginator({ type: 'offset', param: 'skip', limitParam: 'take', limit: 100 });

  test('steps by what was received', () => {
    expect(paginator.request(base, null).url).toBe('https://api.example.com/v1/users?fields=a,b&skip=0&take=100');
    expect(paginator.next(null, page({ records: 30 }))).toEqual({ offset: 30 });
    expect(paginator.request(base, { offset: 30 }).url).toContain('skip=30&take=100');
    expect(paginator.next({ offset: 30 }, page({ records: 100 }))).toEqual({ offset: 130 });
  });

  test('ends with an empty page', () => {
    expect(paginator.next({ offset: 30 }, page({ records: 0 }))).toBeUndefined();
  });
});

describe('cursor', () => {
  const token = { path: '$.meta.next' };
  const paginator = createPaginator({ type: 'cursor', token, target: { in: 'query', name: 'after' } });
  const next = (value: unknown, facts = {}, position: { token: string } | null = null) =>
    paginator.next(position, page({ ...facts, captured: { '$.meta.next': value } }));

  test('asks for the token and starts without one', () => {
    expect(paginator.capture).toEqual(['$.meta.next']);
    expect(paginator.request(base, null)).toEqual(base);
  });

  test('puts the token into the query, encoded', () => {
    expect(paginator.request(base, { token: 'a+b/=&c' }).url).toBe('https://api.example.com/v1/users?fields=a,b&after=a%2Bb%2F%3D%26c');
  });

  test.each([undefined, null, '', false])('ends with the token %p', (value) => {
    expect(next(value)).toBeUndefined();
  });

  test.each(['abc', 0, 12, 1.5])('goes on with the token %p', (value) => {
    expect(next(value)).toEqual({ token: value });
  });

  test('goes on after an empty page with a new token', () => {
    expect(next('t2', { records: 0 }, { token: 't1' })).toEqual({ token: 't2' });
  });

  test('ends with an empty page that repeats the token', () => {
    expect(next('t1', { records: 0 }, { token: 't1' })).toBeUndefined();
  });

  test.each([[{ a: 1 }, 'object'], [true, 'boolean'], [2 ** 60, 'beyond 2^53']])('a token %p is an error', (value, why) => {
    expect(() => next(value, { pages: 4 })).toThrow(expect.objectContaining({
      code: 'BAD_PAGE_TOKEN', retryable: false, message: expect.stringMatching(new RegExp(`^page 4: the token at \\$\\.meta\\.next is .*${why.replace('^', '\\^')}`)),
    }));
  });

  test('reads the token from a response header', () => {
    const byHeader = createPaginator({ type: 'cursor', token: { header: 'X-Next' }, target: { in: 'header', name: 'X-After' } });
    expect(byHeader.capture).toEqual([]);
    expect(byHeader.next(null, page({ headers: { 'x-next': 'n1' } }))).toEqual({ token: 'n1' });
    expect(byHeader.next(null, page())).toBeUndefined();
  });

  test('puts the token into a request header, in place of one of that name', () => {
    const byHeader = createPaginator({ type: 'cursor', token, target: { in: 'header', name: 'X-After' } });
    expect(byHeader.request({ ...base, headers: { 'x-after': 'old', 'a': 'b' } }, { token: 'n1' }).headers).toEqual({ 'X-After': 'n1', 'a': 'b' });
  });

  test('puts the token into the JSON body, a number as a number', () => {
    const inBody = (name: string) => createPaginator({ type: 'cursor', token, target: { in: 'body', name } });
    expect(inBody('after').request(post, { token: 5 }).body).toBe('{"query":"q","variables":{"first":10},"after":5}');
    expect(inBody('$.variables.after').request(post, { token: 't' }).body).toBe('{"query":"q","variables":{"first":10,"after":"t"}}');
    expect(inBody('$.new.after').request({ ...post, body: undefined }, { token: 't' }).body).toBe('{"new":{"after":"t"}}');
  });

  test.each<PageRequest>([base, { ...post, body: '[1]' }])('a body that cannot take the token is an error', (request) => {
    const inBody = createPaginator({ type: 'cursor', token, target: { in: 'body', name: 'after' } });
    expect(() => inBody.request(request, { token: 't' })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST_SPEC', retryable: false }));
  });
});

describe('keyset', () => {
  const target = { in: 'query', name: 'after' } as const;
  const byId = createPaginator({ type: 'keyset', field: '$.id', target });

  test('asks for what comes after the last record', () => {
    expect(byId.field).toBe('$.id');
    expect(byId.request(base, null)).toEqual(base);
    const next = byId.next(null, page({ lastField: '"a&b"' }));
    expect(byId.request(base, JSON.parse(JSON.stringify(next))).url).toBe('https://api.example.com/v1/users?fields=a,b&after=a%26b');
  });

  test('an integer of any length stays exact, also in a body', () => {
    const next = byId.next(null, page({ lastField: '9007199254740993123' }))!;
    expect(byId.request(base, next).url).toContain('after=9007199254740993123');
    const inBody = createPaginator({ type: 'keyset', field: '$.id', target: { in: 'body', name: '$.variables.after' } });
    expect(inBody.request(post, next).body).toBe('{"query":"q","variables":{"first":10,"after":9007199254740993123}}');
    expect(inBody.request(post, { after: '12' }).body).toContain('"after":12}');
    expect(inBody.request(post, { after: '"12"' }).body).toContain('"after":"12"}');
  });

  test('ends with an empty page', () => {
    expect(byId.next({ after: '7' }, page({ records: 0 }))).toBeUndefined();
  });

  test.each([undefined, 'null', '{"a":1}', '[1]', '""'])('a last record with %s there is an error', (lastField) => {
    expect(() => byId.next(null, page({ pages: 2, records: 5, lastField })))
      .toThrow(expect.objectContaining({ code: 'KEYSET_FIELD_MISSING', retryable: false, message: expect.stringContaining('page 2, record 5: $.id is') }));
  });
});

describe('links', () => {
  const byBody = createPaginator({ type: 'nextUrl', path: '$.next' }, { authQueryParameter: 'api_key' });
  const next = (link: unknown, facts = {}) => byBody.next(null, page({ ...facts, captured: { '$.next': link } }));

  test.each([
    ['https://api.example.com/v1/users?page=2&x=a%20b', 'https://api.example.com/v1/users?page=2&x=a%20b'],
    ['/v2/users?page=2', 'https://api.example.com/v2/users?page=2'],
    ['?page=2', 'https://api.example.com/v1/users?page=2'],
    ['//cdn.example.com/p2', 'https://cdn.example.com/p2'],
    ['https://other.example.com/p2', 'https://other.example.com/p2'],
  ])('%s is resolved', (link, url) => {
    const position = next(link);
    expect(position).toEqual({ url });
    expect(byBody.request(base, position!)).toEqual({ ...base, url });
  });

  test('the start is the request as it is', () => {
    expect(byBody.request(base, null)).toEqual(base);
  });

  test('a position never holds the key that an API echoes, nor a user', () => {
    expect(next('https://user:pass@api.example.com/?api_key=s3cret&page=2&api%5Fkey=s3cret#top')).toEqual({ url: 'https://api.example.com/?page=2' });
  });

  test('http to the API itself is taken for https', () => {
    expect(next('http://api.example.com/?page=2')).toEqual({ url: 'https://api.example.com/?page=2' });
    expect(next('http://other.example.com/?page=2')).toEqual({ url: 'http://other.example.com/?page=2' });
  });

  test.each([undefined, null, '', false])('%p is the end', (link) => {
    expect(next(link)).toBeUndefined();
  });

  test('goes on after an empty page, unless its link is the page itself', () => {
    expect(next('?page=2', { records: 0 })).toBeDefined();
    expect(next('?page=1', { records: 0 })).toBeUndefined();
  });

  test.each([42, {}, 'ftp://host/', 'http://'])('%p is an error', (link) => {
    expect(() => next(link, { pages: 3 })).toThrow(expect.objectContaining({
      code: 'BAD_NEXT_LINK', retryable: false, message: expect.stringContaining('page 3: the next link at $.next'),
    }));
  });

  test('the Link header leads by the named relation', () => {
    const headers = { link: ['</a>; rel="prev"', '</b>; rel="next"', '</c>; rel="last more"'] };
    expect(createPaginator({ type: 'linkHeader' }).next(null, page({ headers }))).toEqual({ url: 'https://api.example.com/b' });
    expect(createPaginator({ type: 'linkHeader', rel: 'More' }).next(null, page({ headers }))).toEqual({ url: 'https://api.example.com/c' });
    expect(createPaginator({ type: 'linkHeader' }).next(null, page({ headers: { link: '</a>; rel=prev' } }))).toBeUndefined();
    expect(createPaginator({ type: 'linkHeader' }).next(null, page())).toBeUndefined();
  });
});
