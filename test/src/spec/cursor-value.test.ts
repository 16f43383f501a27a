import { CursorFormat, parseCursor, renderCursor } from '../../../src/spec';

const NOON_NS = 1_795_262_400_000_000_000n; // 2026-11-21T12:00:00Z

test.each<[CursorFormat, string, bigint | undefined]>([
  ['iso8601', '2026-11-21T12:00:00Z', NOON_NS],
  ['iso8601', '2026-11-21T13:00:00+01:00', NOON_NS],
  ['iso8601', '2026-11-21T06:30:00-0530', NOON_NS],
  ['iso8601', '2026-11-21 12:00', NOON_NS],
  ['iso8601', '2026-11-21T12:00:00.000000001Z', NOON_NS + 1n],
  ['iso8601', '2026-11-21T12:00:00,5Z', NOON_NS + 500_000_000n],
  ['iso8601', '2026-11-21T12:00:00.0000000019Z', NOON_NS + 1n],
  ['iso8601', '2026-11-21', NOON_NS - 43_200_000_000_000n],
  ['date', '2026-11-21T12:00:00Z', NOON_NS],
  ['iso8601', '2026-02-29T00:00:00Z', undefined],
  ['iso8601', '2026-13-01T00:00:00Z', undefined],
  ['iso8601', '2026-11-21T25:00:00Z', undefined],
  ['iso8601', '1795262400', undefined],
  ['iso8601', 'Sat, 21 Nov 2026 12:00:00 GMT', undefined],
  ['iso8601', '', undefined],
  ['epochSeconds', '1795262400', NOON_NS],
  ['epochSeconds', '1795262400.000000001', NOON_NS + 1n],
  ['epochSeconds', '-1.5', -1_500_000_000n],
  ['epochSeconds', '1.7952624e9', undefined],
  ['epochMilliseconds', '1795262400000', NOON_NS],
  ['epochMilliseconds', '1795262400000.000001', NOON_NS + 1n],
  ['integer', '9007199254740993123', 9007199254740993123n],
  ['integer', '-5', -5n],
  ['integer', '1.5', undefined],
  ['integer', '0x1f', undefined],
])('%s "%s" is %s', (format, text, value) => {
  expect(parseCursor(format, text)).toBe(value);
});

test.each<[CursorFormat, bigint, string, string]>([
  ['iso8601', NOON_NS, '', '2026-11-21T12:00:00Z'],
  ['iso8601', NOON_NS + 1_999_999n, '', '2026-11-21T12:00:00.001Z'],
  ['iso8601', NOON_NS, '2026-11-22T00:00:00+01:00', '2026-11-21T12:00:00Z'],
  ['iso8601', NOON_NS, '2026-11-22T00:00:00', '2026-11-21T12:00:00'],
  ['iso8601', NOON_NS, '2026-11-22 00:00:00', '2026-11-21 12:00:00'],
  ['iso8601', NOON_NS, '2026-11-22', '2026-11-21'],
  ['date', NOON_NS, '2026-11-22T00:00:00Z', '2026-11-21'],
  ['epochSeconds', NOON_NS + 999_999_999n, '', '1795262400'],
  ['epochSeconds', -1n, '', '-1'],
  ['epochMilliseconds', NOON_NS + 999_999n, '', '1795262400000'],
  ['integer', 9007199254740993123n, '', '9007199254740993123'],
])('%s %s like "%s" is written %s', (format, value, like, text) => {
  expect(renderCursor(format, value, like)).toBe(text);
});
