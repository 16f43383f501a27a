import { Duration } from 'aws-cdk-lib';
import { CursorFormat, CursorOrder, ExtractorFunction, HttpMethod, HttpSourceOptions, Incremental, Pagination, TokenPlace, WriteMode } from '../../../src';
import { RawBucket } from '../../../src/storage/raw-bucket';
import { newStack, usersSource } from '../../support/synth';

const since = TokenPlace.query('since');
const until = TokenPlace.query('until');
const rendered = (options: Partial<HttpSourceOptions>) => usersSource(options)._render();
const cursor = (options: Partial<Parameters<typeof Incremental.cursor>[0]> = {}) => Incremental.cursor({ path: '$.updated_at', target: since, ...options });
const window = (options: Partial<Parameters<typeof Incremental.timeWindow>[0]> = {}) =>
  Incremental.timeWindow({ start: '2026-01-01T00:00:00Z', step: Duration.days(1), startTarget: since, endTarget: until, ...options });
const KEY = { key: ['$.id'] };

describe('what the extractor reads', () => {
  test('a cursor says no more than what differs from the defaults', () => {
    const plain = { type: 'cursor', path: '$.updated_at', target: { in: 'query', name: 'since' } };
    expect(rendered({ incremental: cursor(), ...KEY })).toMatchObject({ incremental: plain, key: ['$.id'] });
    expect(cursor({
      format: CursorFormat.ISO_8601, order: CursorOrder.UNKNOWN, lag: Duration.seconds(0), futureTolerance: Duration.minutes(5),
    })._render()).toEqual(plain);
  });

  test('a cursor with everything', () => {
    expect(Incremental.cursor({
      path: '$.seq', format: CursorFormat.INTEGER, start: '9007199254740993123', lagCount: 100, order: CursorOrder.ASCENDING, endTarget: until,
    })._render()).toEqual({
      type: 'cursor', path: '$.seq', format: 'integer', start: '9007199254740993123', lag: 100, order: 'ascending', endTarget: { in: 'query', name: 'until' },
    });
  });

  test('time windows', () => {
    expect(window()._render()).toEqual({
      type: 'timeWindow', start: '2026-01-01T00:00:00Z', stepMs: 86_400_000, startTarget: { in: 'query', name: 'since' }, endTarget: { in: 'query', name: 'until' },
    });
    expect(window({ format: CursorFormat.DATE, endLag: Duration.hours(2), inclusiveEnd: true })._render())
      .toMatchObject({ format: 'date', endLagMs: 7_200_000, inclusiveEnd: true });
  });

  test('appends, unless it is told otherwise', () => {
    expect(rendered({ incremental: cursor(), ...KEY, writeMode: WriteMode.append() }).writeMode).toBeUndefined();
  });
});

describe('contradictions fail at synth', () => {
  const build = (options: Partial<HttpSourceOptions>) => {
    const stack = newStack();
    return new ExtractorFunction(stack, 'Extractor', { source: usersSource(options), bucket: new RawBucket(stack, 'Raw').bucket });
  };

  test.each<Partial<HttpSourceOptions>>([
    { incremental: cursor(), ...KEY },
    { incremental: window() },
    { incremental: cursor({ order: CursorOrder.ASCENDING }), ...KEY, pagination: Pagination.pageNumber({ param: 'page', maxPages: 5 }) },
    { incremental: cursor({ target: TokenPlace.body('$.filter.since') }), ...KEY, method: HttpMethod.POST, body: {} },
    { incremental: window({ format: CursorFormat.DATE }) },
    { incremental: cursor({ endTarget: until }), ...KEY },
    { key: ['$.a.b', "$['c d']"] },
  ])('%# passes', (options) => {
    expect(() => build(options)).not.toThrow();
  });

  test.each<[string, Partial<HttpSourceOptions>, RegExp]>([
    ['a snapshot', { incremental: cursor(), ...KEY, writeMode: WriteMode.snapshot() }, /writeMode: got "snapshot with incremental"; .*WriteMode\.append/],
    ['no key', { incremental: cursor() }, /users\.key: got nothing; records at the watermark are read again: name the fields/],
    ['an empty key', { key: [] }, /key: got \[\]; name the fields/],
    ['a key that is no path', { key: ['id'] }, /key: got "id"; a JSONPath starts with/],
    ['a key of many places', { key: ['$.a[*].id'] }, /key: .*name one place/],
    ['a path that is none', { incremental: cursor({ path: 'updated_at' }), ...KEY }, /incremental\.path: got "updated_at"/],
    ['a start of another format', { incremental: cursor({ start: '1763640000' }), ...KEY }, /incremental\.start: got "1763640000"; write it in the cursor's format, iso8601/],
    ['a time for integers', { incremental: cursor({ format: CursorFormat.INTEGER, lag: Duration.hours(1) }), ...KEY }, /incremental\.lag: .*lagCount is for integers/],
    ['a count for times', { incremental: cursor({ lagCount: 5 }), ...KEY }, /incremental\.lag: .*lagCount is for integers/],
    ['a future of integers', { incremental: cursor({ format: CursorFormat.INTEGER, futureTolerance: Duration.hours(1) }), ...KEY }, /futureTolerance: .*integers have no future/],
    ['a bound without order', { incremental: cursor(), ...KEY, pagination: Pagination.linkHeader({ maxPages: 3 }) }, /pagination: got "maxPages"; .*unless the order is ascending/],
    ['a bound in windows', { incremental: window(), pagination: Pagination.linkHeader({ maxRecords: 3 }) }, /pagination: got "maxRecords"; .*leave it out/],
    ['a place that the pages use', { incremental: cursor(), ...KEY, pagination: Pagination.keyset({ field: '$.id', target: since }) }, /incremental\.target: got "since"; the pages use this place/],
    ['the body of a GET', { incremental: cursor({ target: TokenPlace.body('since') }), ...KEY }, /incremental\.target: .*set method to 'POST'/],
    ['an end in the place of the begin', { incremental: cursor({ endTarget: since }), ...KEY }, /incremental\.endTarget: got "since"; name another place than target/],
    ['an end without a begin', { incremental: cursor({ target: undefined, endTarget: until }), ...KEY }, /incremental\.endTarget: got "until"; .*which it needs/],
    ['windows from nowhere', { incremental: window({ start: 'yesterday' }) }, /incremental\.start: got "yesterday"; write an ISO 8601 time/],
    ['windows without length', { incremental: window({ step: Duration.millis(10) }) }, /incremental\.step: got 10; use a second or more/],
    ['windows of one bound', { incremental: window({ endTarget: since }) }, /incremental\.endTarget: got "since"; name another place/],
    ['dates with hours', { incremental: window({ format: CursorFormat.DATE, step: Duration.hours(6) }) }, /incremental\.step: .*whole days, from midnight UTC/],
    ['windows of integers', { incremental: window({ format: CursorFormat.INTEGER }) }, /incremental\.format: got "integer"; use one of iso8601, date, epochSeconds, epochMilliseconds/],
  ])('%s', (_name, options, message) => {
    expect(() => build(options)).toThrow(message);
  });
});
