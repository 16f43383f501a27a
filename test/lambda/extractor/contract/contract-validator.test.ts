import * as fc from 'fast-check';
import { createValidator, reviewSchema } from '../../../../lambda/extractor/contract/contract-validator';
import { Decimal } from '../../../../lambda/extractor/contract/decimal';

const violations = (schema: string, record: string, frozen = false) => {
  const bytes = Buffer.from(`, ${record},`);
  return createValidator(schema, { frozen, alsoKnown: ['_parent_id'] }).violations(bytes, 2, bytes.length - 1).map(({ pointer, message }) => `${pointer} ${message}`);
};
const ofId = (schema: string, value: string) => violations(`{"properties":{"id":${schema}}}`, `{"id":${value}}`);

test.each([
  ['{"type":"integer","maximum":9223372036854775807}', '9223372036854775807', []],
  ['{"type":"integer","maximum":9223372036854775807}', '9223372036854775808', ['/id must be <= 9223372036854775807']],
  ['{"minimum":-9223372036854775808}', '-9223372036854775809', ['/id must be >= -9223372036854775808']],
  ['{"exclusiveMinimum":9007199254740992}', '9007199254740993', []],
  ['{"exclusiveMaximum":9007199254740993}', '9007199254740993', ['/id must be < 9007199254740993']],
  ['{"const":9007199254740993}', '9007199254740992', ['/id must be 9007199254740993']],
  ['{"enum":[9007199254740993,"a"]}', '9007199254740992', ['/id must be one of 9007199254740993, "a"']],
  ['{"enum":[1]}', '1.0', []],
  ['{"type":"integer"}', '9007199254740993.5', ['/id must be integer']],
  ['{"type":"integer"}', '1.00000000000000000000', []],
  ['{"type":"integer"}', '1e400', []],
  ['{"maximum":1e308}', '1e400', ['/id must be <= 1e308']],
  ['{"multipleOf":0.01}', '1.15', []],
  ['{"multipleOf":0.01}', '1.155', ['/id must be a multiple of 0.01']],
  ['{"multipleOf":3}', '9007199254740993', []],
  ['{"multipleOf":3}', '9007199254740994', ['/id must be a multiple of 3']],
  ['{"uniqueItems":true}', '[9007199254740993,9007199254740992]', []],
  ['{"uniqueItems":true}', '[{"a":1,"b":[2]},{"b":[2.0],"a":1}]', ['/id must not hold an item twice']],
  ['{"type":"string"}', '"9007199254740993, 1e400"', []],
])('numbers are judged as they are written: %s, %s', (schema, value, expected) => {
  expect(ofId(schema, value)).toEqual(expected);
});

test('decimals compare as integers do, whatever their exponents', () => {
  const part = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: -20, max: 20 }));
  fc.assert(fc.property(part, part, ([a, ea], [b, eb]) => {
    const [one, other] = [Decimal.of(`${a}e${ea}`), Decimal.of(`${b}e${eb}`)];
    const [x, y] = [a * 10n ** BigInt(ea + 20), b * 10n ** BigInt(eb + 20)];
    expect(Math.sign(one.compare(other))).toBe(x === y ? 0 : x < y ? -1 : 1);
    expect(one.canonical() === other.canonical()).toBe(x === y);
    expect(one.isInteger).toBe(x % 10n ** 20n === 0n);
    if (y > 0n) {
      expect(one.isMultipleOf(other)).toBe(x % y === 0n);
    }
  }), { numRuns: 500 });
});

test('an exponent of nine digits costs no time', () => {
  expect(ofId('{"multipleOf":7,"maximum":1e999999998}', '1e999999999')).toEqual(['/id must be <= 1e999999998', '/id must be a multiple of 7']);
});

test('names that every object inherits are no properties of a record', () => {
  expect(violations('{"required":["toString"]}', '{}')).toEqual(['/toString is missing']);
  expect(violations('{"properties":{"a":{}}}', '{"__proto__":1,"constructor":2}', true)).toEqual(['/__proto__ is not declared in the schema', '/constructor is not declared in the schema']);
});

test('what the extractor adds to a record is known to a frozen schema', () => {
  expect(violations('{"properties":{"a":{}}}', '{"_parent_id":1,"a":2}', true)).toEqual([]);
});

test('a violation tells the key and the rule, never the value', () => {
  const told = violations('{"properties":{"a":{"pattern":"^x"},"b":{"format":"email"},"c":{"maxLength":2}}}', '{"a":"hush1","b":"hush2","c":"hush3"}');
  expect(told).toHaveLength(3);
  expect(told.join()).not.toContain('hush');
});

test.each([
  ['{"type":"objekt"}', '/type'],
  ['{"properties":{"a":{"maximum":"3"}}}', '/properties/a/maximum'],
  ['{"properties":{"a":{"$ref":"#/$defs/x"}}}', '/properties/a/$ref'],
  ['{"properties":{"a/b":{"pattern":"["}}}', '/properties/a~1b/pattern'],
  ['{"properties":{"a":{"format":"emial"}}}', '/properties/a'],
  ['{"$ref":"https://example.com/other.json"}', '/$ref'],
  ['{"$schema":"http://json-schema.org/draft-07/schema#"}', '/$schema'],
  ['{"$async":true}', '/$async'],
  ['[]', ''],
  ['{', ''],
])('%s is no JSON Schema, at %s', (schema, pointer) => {
  expect(reviewSchema(schema).problems[0]).toMatchObject({ pointer, message: expect.stringMatching(/.{5}/) });
});

test('a good schema has no problem, and a keyword that nobody knows is named', () => {
  expect(reviewSchema('{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"a":{"format":"date-time"}}}')).toEqual({ problems: [], warnings: [] });
  expect(reviewSchema('{"propertes":{}}').warnings).toEqual([expect.stringContaining('"propertes"')]);
});
