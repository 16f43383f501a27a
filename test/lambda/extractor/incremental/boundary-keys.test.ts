import { BoundaryKeys, MAX_BOUNDARY_KEYS } from '../../../../lambda/extractor/incremental/boundary-keys';

const digest = (n: number) => String(n).padStart(11, '0');
const filled = (count: number, value: (n: number) => bigint) => {
  const keys = new BoundaryKeys();
  for (let n = 0; n < count; n++) {
    keys.add(digest(n), value(n));
  }
  return keys;
};

test('keys live through the state', () => {
  const stored = JSON.parse(JSON.stringify(filled(5, (n) => BigInt(n % 2) + 9007199254740993123n)));
  expect(stored).toEqual({
    '9007199254740993123': digest(0) + digest(2) + digest(4),
    '9007199254740993124': digest(1) + digest(3),
  });
  const read = BoundaryKeys.fromJSON(stored);
  expect(read.size).toBe(5);
  expect([0, 1, 2, 3, 4, 5].map((n) => read.has(digest(n)))).toEqual([true, true, true, true, true, false]);
});

test('what lies below is forgotten, the bound itself is kept', () => {
  const keys = filled(10, BigInt);
  keys.prune(7n);
  expect([6, 7, 9].map((n) => keys.has(digest(n)))).toEqual([false, true, true]);
  expect(keys.dropped).toBe(0);
});

test('the lowest of too many are given up, and counted', () => {
  const keys = filled(MAX_BOUNDARY_KEYS + 3, BigInt);
  keys.prune(0n);
  expect(keys.size).toBe(MAX_BOUNDARY_KEYS);
  expect([2, 3].map((n) => keys.has(digest(n)))).toEqual([false, true]);
  expect(keys.dropped).toBe(3);
});

test('what was given up no longer counts when nobody will ask for it', () => {
  const keys = filled(MAX_BOUNDARY_KEYS + 3, BigInt);
  keys.prune(0n);
  keys.prune(2n);
  expect(keys.dropped).toBe(3);
  keys.prune(3n);
  expect(keys.dropped).toBe(0);
});

test('the size is bounded whatever is added', () => {
  const keys = new BoundaryKeys();
  for (let n = 0; n < 5 * MAX_BOUNDARY_KEYS; n++) {
    keys.add(digest(n), 1n);
    keys.trim(1n);
  }
  expect(keys.size).toBeLessThanOrEqual(2 * MAX_BOUNDARY_KEYS);
});
