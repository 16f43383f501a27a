import { parseRowFilter } from '../../../src/governance/row-filter';

describe('what Lake Formation\'s documentation shows is read', () => {
  test.each<[string, [string, string, string[]][]]>([
    ['country = \'US\'', [['country', '=', ['text']]]],
    ['views >= 10000', [['views', '>=', ['number']]]],
    ['(country = \'US\') AND (id > 100 OR NOT city IN (\'Oslo\', \'Rome\'))', [
      ['country', '=', ['text']], ['id', '>', ['number']], ['city', 'IN', ['text', 'text']],
    ]],
    ['month NOT BETWEEN 1 AND 3 AND name LIKE \'A%\'', [['month', 'BETWEEN', ['number', 'number']], ['name', 'LIKE', ['text']]]],
    ['address.city IS NOT NULL or Active = true', [['address.city', 'IS NULL', []], ['active', '=', ['boolean']]]],
    ['"order" <> \'it\'\'s\' and n != -1.5e3', [['order', '<>', ['text']], ['n', '!=', ['number']]]],
  ])('%s', (text, expected) => {
    expect(parseRowFilter(text).map(({ path, operator, constants }) => [path.join('.'), operator, constants])).toEqual(expected);
  });
});

describe('what it does not take is refused, with the place', () => {
  test.each([
    ['', 'expected a column at position 0, and found the end'],
    ['country', 'expected a comparison (=, <>, !=, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) at position 7, and found the end'],
    ['country = ', 'expected a constant: \'text\' in single quotes, a number, TRUE or FALSE at position 9, and found the end'],
    ['country = city', 'expected a constant: \'text\' in single quotes, a number, TRUE or FALSE at position 10, and found city'],
    ['country = "US"', 'expected a constant: \'text\' in single quotes, a number, TRUE or FALSE at position 10, and found US'],
    ['lower(country) = \'us\'', 'expected a comparison (=, <>, !=, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL) at position 5, and found ('],
    ['(id = 1', 'expected ) at position 7, and found the end'],
    ['id = 1 id = 2', 'expected AND, OR or the end at position 7, and found id'],
    ['id BETWEEN 1 OR 2', 'expected AND at position 13, and found OR'],
    ['id IN ()', 'expected a constant: \'text\' in single quotes, a number, TRUE or FALSE at position 7, and found )'],
    ['id IS 1', 'expected NULL at position 6, and found 1'],
    ['id = 1; DROP TABLE users', 'it cannot be read at position 6: "; DROP TABLE users"'],
    ['country = \'US', 'it cannot be read at position 9: " \'US"'],
    ['1 = 1', 'expected a column at position 0, and found 1'],
    ['TRUE', 'expected a column at position 0, and found TRUE'],
  ])('%p', (text, message) => {
    expect(() => parseRowFilter(text)).toThrow(message);
  });
});

test('a long filter is read in time in proportion to it', () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `(id = ${i})`).join(' OR ');
  const started = performance.now();
  expect(parseRowFilter(text)).toHaveLength(20_000);
  expect(performance.now() - started).toBeLessThan(5_000);
});
