import { HttpSourceOptions, Pagination } from '../../../src';
import { buildExtractor, usersSource } from '../../support/synth';

test('is in the spec as it is given', () => {
  expect(usersSource({ pagination: Pagination.pageNumber({ param: 'page' }), concurrency: 4 })._render().concurrency).toBe(4);
  expect(usersSource()._render()).not.toHaveProperty('concurrency');
});

test.each<[string, Partial<HttpSourceOptions>, RegExp]>([
  ['none', { pagination: Pagination.pageNumber({ param: 'page' }), concurrency: 0 }, /sources\.users\.concurrency: got 0; use 1 to 32/],
  ['too many', { pagination: Pagination.pageNumber({ param: 'page' }), concurrency: 33 }, /sources\.users\.concurrency: got 33; use 1 to 32/],
  ['pages that only the page before tells', { pagination: Pagination.nextUrl({ path: '$.next' }), concurrency: 2 }, /sources\.users\.concurrency: got 2; leave it out: only the requests of a child source/],
])('%s fails at synth', (_, options, message) => {
  expect(() => buildExtractor(options)).toThrow(message);
});
