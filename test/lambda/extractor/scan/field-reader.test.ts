import fc from 'fast-check';
import { FieldReader, scalarText } from '../../../../lambda/extractor/scan';

const read = (text: string, ...paths: string[]) => {
  const bytes = Buffer.from(`,${text}]`); // a record stands in the middle of a response
  return new FieldReader(paths).read(bytes, 1, bytes.length - 1);
};

test.each<[string, string, string | undefined]>([
  ['{"a":1}', '$.a', '1'],
  ['{"b":{"a":2},"a":9007199254740993123}', '$.a', '9007199254740993123'],
  ['{"x":[{"a":1},"]}"],"a":1.10}', '$.a', '1.10'],
  ['{ "x" : "\\"a\\":1}\\\\" ,\n "a" : "z" }', '$.a', '"z"'],
  ['{"o":{"p":{"q":true}}}', '$.o.p.q', 'true'],
  ['{"o":{"p":{"q":true}}}', '$.o', '{"p":{"q":true}}'],
  ['{"n\\u0061me":"x"}', '$.name', '"x"'],
  ['{"é":"ü"}', "$['é']", '"ü"'],
  ['{"a":null}', '$.a', 'null'],
  ['{}', '$.a', undefined],
  ['{"a":1}', '$.b', undefined],
  ['{"a":1}', '$.a.b', undefined],
  ['[1,2]', '$.a', undefined],
  ['"text"', '$', '"text"'],
  ['17', '$', '17'],
])('%s at %s: %s', (record, path, text) => {
  expect(read(record, path)).toEqual([text]);
});

test('several paths are read at once, also one inside another', () => {
  expect(read('{"a":{"b":1,"c":2},"d":3}', '$.d', '$.a', '$.a.c', '$.x')).toEqual(['3', '{"b":1,"c":2}', '2', undefined]);
});

test('agrees with JSON.parse on any object', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.nat(2), (object, key, indent) => {
    const record = JSON.stringify({ ...object, [key]: object }, undefined, indent);
    const path = `$['${key.replace(/['\\]/g, '\\$&')}']`;
    fc.pre(key !== '' && key !== '__proto__');
    expect(JSON.parse(read(record, path)[0]!)).toEqual(JSON.parse(record)[key]);
  }));
});

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined], ['null', undefined], ['{}', undefined], ['[]', undefined], ['"a\\nb"', 'a\nb'], ['1e3', '1e3'], ['true', 'true'],
])('the value of %s is %s', (json, text) => {
  expect(scalarText(json)).toBe(text);
});
