import { LoopGuard } from '../../../../lambda/extractor/paginate';

const request = (page: number, more = {}) => ({ method: 'GET' as const, url: `https://h/?page=${page}`, headers: {}, ...more });
const loop = (...texts: string[]) => expect.objectContaining({
  code: 'LOOP_DETECTED', retryable: false, message: expect.stringMatching(new RegExp(texts.join('.*'))),
});

test('the same request twice is an error that names both pages and the fix', () => {
  const guard = new LoopGuard();
  [1, 2, 3].forEach((n) => guard.request(request(n)));
  expect(() => guard.request(request(2))).toThrow(loop('page 4', 'page 2', 'pagination'));
});

test('another header, method or body is another request', () => {
  const guard = new LoopGuard();
  guard.request(request(1));
  guard.request(request(1, { headers: { 'x-after': 't' } }));
  guard.request(request(1, { method: 'POST' }));
  guard.request(request(1, { method: 'POST', body: '{}' }));
});

test('the same records twice are an error, also with a page between', () => {
  const guard = new LoopGuard();
  guard.page('a', 10);
  guard.page('b', 10);
  expect(() => guard.page('a', 10)).toThrow(loop('page 3', 'page 1', 'parameter'));
});

test('empty pages are alike', () => {
  const guard = new LoopGuard();
  guard.page('empty', 0);
  guard.page('empty', 0);
});

test('empty pages without end are an error', () => {
  const guard = new LoopGuard();
  expect(() => {
    for (let n = 0; n < 5_000; n++) {
      guard.page('empty', 0);
    }
  }).toThrow(loop('page 1001', 'hasMore'));
});

test('a page with records starts the count of empty ones anew', () => {
  const guard = new LoopGuard();
  for (let n = 0; n < 1_500; n++) {
    guard.page(String(n), n % 900 === 0 ? 1 : 0);
  }
});

test('remembers the last 65,536 pages, no more', () => {
  const guard = new LoopGuard();
  for (let n = 0; n <= 65_536; n++) {
    guard.page(String(n), 1);
  }
  guard.page('0', 1);
  expect(() => guard.page('65536', 1)).toThrow(loop('page 65539', 'page 65537'));
});
