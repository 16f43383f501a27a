import { ParentBinder } from '../../../../lambda/extractor/fan-out/parent-binder';
import { RequestSpec, SourceSpec } from '../../../../src/spec';

const RECORD = '{"id":9007199254740993123,"name":"a \\"b\\" ü/..","owner":{"login":"x&y=z"},"ok":true,"tags":[1,2]}';

function bind(url: string, paths: Record<string, string>, request: RequestSpec = {}, more: Partial<SourceSpec> = {}, record = RECORD) {
  const spec: SourceSpec = { version: 1, source: 'child', records: '$', request, ...more };
  return new ParentBinder(url, spec, { source: 'parent', reads: 'newest', bind: paths, include: { _p_id: '$.id', _p_tags: '$.tags', _p_none: '$.none' } })
    .bind(Buffer.from(record));
}

const ALL = { id: '$.id', name: '$.name', login: '$.owner.login', ok: '$.ok' };
const URL_ = 'https://api.example.com/v1/{login}/{id}?q={name}&fields=a,b';

test('a value stays in its segment and its parameter; all other text of the URL stays as it is', () => {
  expect(bind(URL_, ALL).request.url)
    .toBe('https://api.example.com/v1/x%26y%3Dz/9007199254740993123?q=a%20%22b%22%20%C3%BC%2F..&fields=a,b');
});

test('a value in a query, a header and a form', () => {
  const { url, headers, body } = bind('https://h/', ALL, { method: 'POST', query: { who: 'by {login}' }, headers: { 'x-id': 'no {id}' }, form: { a: '{name}', b: '{ok}' } }).request;
  expect([...new URL(url).searchParams]).toEqual([['who', 'by x&y=z']]);
  expect(headers).toEqual({ 'x-id': 'no 9007199254740993123', 'content-type': 'application/x-www-form-urlencoded' });
  expect([...new URLSearchParams(body)]).toEqual([['a', 'a "b" ü/..'], ['b', 'true']]);
});

test('a whole string of a body takes the value with its type and every digit', () => {
  const body = { id: '{id}', list: ['{name}', '{ok}'], deep: { login: '{login}' } };
  expect(bind('https://h/', ALL, { method: 'POST', body }).request.body)
    .toBe('{"id":9007199254740993123,"list":["a \\"b\\" ü/..",true],"deep":{"login":"x&y=z"}}');
});

test('within a string of a body only bound names are placeholders, and quotes around one are text', () => {
  const body = { 'query': '{ user(name: "{name}") {id stars{other}} }', 'tricky': 'a"{login}"', '{login}': 1 };
  expect(JSON.parse(bind('https://h/', { name: '$.name', login: '$.owner.login' }, { method: 'POST', body }).request.body!))
    .toEqual({ 'query': '{ user(name: "a "b" ü/..") {id stars{other}} }', 'tricky': 'a"x&y=z"', 'x&y=z': 1 });
});

test('a header refuses what it cannot carry', () => {
  const inHeader = (name: string) => () => bind('https://h/', { name: '$.name' }, { headers: { 'x-name': '{name}' } }, {}, JSON.stringify({ name }));
  expect(inHeader('line\r\nx-admin: 1')).toThrow(/a header cannot carry/);
  expect(inHeader('日本')).toThrow(/a header cannot carry/);
  expect(inHeader('café')).not.toThrow();
});

test.each(['.', '..'])('%s is no segment of a path, not even in two pieces or encoded in part', (dots) => {
  const of = (url: string, name: string) => () => bind(url, { name: '$.name' }, {}, {}, JSON.stringify({ name }));
  expect(of('https://h/a/{name}/b', dots)).toThrow(/another path/);
  expect(of('https://h/a/{name}', dots)).toThrow(/another path/);
  expect(of('https://h/a/{name}{name}', '.')).toThrow(/another path/);
  expect(of('https://h/a/%2e{name}', '.')).toThrow(/another path/);
  expect(of('https://h/a/v{name}', dots)).not.toThrow();
  expect(of('https://h/a?x={name}', dots)).not.toThrow();
});

test('a big number is refused where a token would round it', () => {
  const pagination = { type: 'cursor', token: { path: '$.next' }, target: { in: 'body', name: 'after' } } as const;
  const body = { id: '{id}' };
  expect(() => bind('https://h/', { id: '$.id' }, { method: 'POST', body }, { pagination })).toThrow(/cannot carry exactly/);
});

test('the parent\'s fields are copied as they were sent; what it lacks is null', () => {
  expect(bind('https://h/{id}', { id: '$.id' }).fields).toBe('"_p_id":9007199254740993123,"_p_tags":[1,2],"_p_none":null');
});

test('two parents are the same when all values in the request are', () => {
  const digest = (record: string) => bind('https://h/{a}/{b}', { a: '$.a', b: '$.b' }, {}, {}, record).digest;
  expect(digest('{"a":"x","b":"y","c":1}')).toBe(digest('{"b":"y","a":"x"}'));
  expect(digest('{"a":"xy","b":"z"}')).not.toBe(digest('{"a":"x","b":"yz"}'));
});
