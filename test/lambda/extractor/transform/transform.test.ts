import { drop, hash, mask, rename, transform } from './support';
import { SecretReader } from '../../../../lambda/extractor/auth';
import { Redactor } from '../../../../lambda/extractor/redact';
import { RecordTransformer } from '../../../../lambda/extractor/transform';
import { FakeSecretsManager } from '../../../support/secrets-manager-server';

const text = async (...args: Parameters<typeof transform>) => (await transform(...args)).text;

test('what no transform names stays byte for byte', async () => {
  const record = '{ "z" : 1.10,\n"a":9007199254740993123, "t":"\\u00e9 \\/ é", "e":{}, "l":[ ] }';
  expect(await text(record, drop('$.missing'), mask('$.t.deeper'), drop('$.l[*].x'), rename('$.e.x', 'y'))).toBe(record);
});

describe('drop', () => {
  test.each([
    ['the first field', '{"a":1,"b":2,"c":3}', ['$.a'], '{"b":2,"c":3}'],
    ['a field in the middle', '{"a":1,"b":2,"c":3}', ['$.b'], '{"a":1,"c":3}'],
    ['the last field', '{"a":1,"b":2,"c":3}', ['$.c'], '{"a":1,"b":2}'],
    ['several at the end', '{"a":1,"b":2,"c":3}', ['$.b', '$.c'], '{"a":1}'],
    ['several at the start', '{"a":1,"b":2,"c":3}', ['$.a', '$.b'], '{"c":3}'],
    ['all', '{ "a":1 , "b":2 }', ['$.a', '$.b'], '{  }'],
    ['an object and its brackets in text', '{"a":{"x":"}]\\\\\\"","y":[1,{"z":2}]},"b":2}', ['$.a'], '{"b":2}'],
    ['a nested field', '{"user":{"email":"e","id":1},"email":"f"}', ['$.user.email'], '{"user":{"id":1},"email":"f"}'],
    ['a field of every element', '{"l":[{"x":1,"y":2},3,{"x":4}]}', ['$.l[*].x'], '{"l":[{"y":2},3,{}]}'],
    ['a key with dots', '{"a.b":1,"a":{"b":2}}', ["$['a.b']"], '{"a":{"b":2}}'],
    ['the empty key\'s sibling only', '{"":1,"a":2}', ['$.a'], '{"":1}'],
    ['__proto__', '{"__proto__":1,"a":2}', ['$.__proto__'], '{"a":2}'],
  ])('%s', async (_name, record, paths, expected) => {
    expect(await text(record, ...paths.map(drop))).toBe(expected);
  });

  test('every field of the name, also one written with escapes', async () => {
    expect(await text('{"email":"a","x":1,"\\u0065mail":"b","email":"c"}', drop('$.email'))).toBe('{"x":1}');
  });

  test('names are told apart by case', async () => {
    expect(await text('{"Email":"a","email":"b"}', drop('$.email'))).toBe('{"Email":"a"}');
  });
});

describe('rename', () => {
  test('changes the key alone', async () => {
    expect(await text('{"a" : 9007199254740993123,"b":1}', rename('$.a', 'a "new" é'))).toBe('{"a \\"new\\" é" : 9007199254740993123,"b":1}');
  });

  test('two fields can swap their names', async () => {
    expect(await text('{"a":1,"b":2}', rename('$.a', 'b'), rename('$.b', 'a'))).toBe('{"b":1,"a":2}');
  });

  test('a name that is dropped is free', async () => {
    expect(await text('{"a":1,"b":2}', rename('$.a', 'b'), drop('$.b'))).toBe('{"b":1}');
  });

  test('goes on into what is renamed: paths name the record as it was sent', async () => {
    expect(await text('{"a":{"b":1}}', rename('$.a', 'x'), rename('$.a.b', 'y'))).toBe('{"x":{"y":1}}');
  });

  test.each(['{"a":1,"b":2}', '{"b":2,"a":1}', '{"a":1,"\\u0062":2}'])('fails when the name is taken: %s', async (record) => {
    await expect(transform(record, rename('$.a', 'b'))).rejects.toMatchObject({
      code: 'RENAME_COLLISION', retryable: false, details: { page: 3, record: 7, field: 'b' }, message: expect.not.stringContaining('2'),
    });
  });
});

describe('mask', () => {
  test.each([
    ['text', '"4111111111111111"', 4, '"************1111"'],
    ['text that is as short as what may be shown', '"1111"', 4, '"****"'],
    ['text of one character more', '"11111"', 4, '"*1111"'],
    ['all of it by default', '"abc"', undefined, '"***"'],
    ['nothing', '""', 4, '""'],
    ['characters, not bytes or halves of them', '"é😀\\u0041\\ud83d\\ude00"', 2, '"**A😀"'],
    ['characters that JSON must escape', '"ab\\"\\n"', 2, '"**\\"\\n"'],
    ['a number by its digits', '9007199254740993123', 3, '"****************123"'],
    ['a boolean', 'true', undefined, '"****"'],
    ['an object as a whole', '{"x":[1,2,3]}', 4, '"***"'],
    ['a list as a whole', '[1]', 4, '"***"'],
  ])('%s', async (_name, value, keepLast, expected) => {
    expect(await text(`{"v":${value}}`, mask('$.v', keepLast))).toBe(`{"v":${expected}}`);
  });

  test('null stays null', async () => {
    expect(await text('{"v":null}', mask('$.v'))).toBe('{"v":null}');
  });

  test('every value of the name is masked', async () => {
    expect(await text('{"v":"a","v":"b","l":[{"v":"c"},{"v":"d"}]}', mask('$.v'), mask('$.l[*].v'))).toBe('{"v":"*","v":"*","l":[{"v":"*"},{"v":"*"}]}');
  });
});

describe('hash', () => {
  const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:pepper-abcdef';
  let secrets: FakeSecretsManager;

  beforeEach(async () => {
    secrets = await FakeSecretsManager.start({ [ARN]: '{"key":"Jefe"}' });
  });

  afterEach(() => secrets.close());

  const hashed = async (value: string) => JSON.parse(await text(`{"v":${value}}`, hash('$.v', ARN, 'key'))).v as string;

  test('is HMAC-SHA256 of the text (RFC 4231, test case 2)', async () => {
    expect(await hashed('"what do ya want for nothing?"')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  test('does not depend on how the text was escaped', async () => {
    expect(await hashed('"\\u00e9\\/"')).toBe(await hashed('"é/"'));
  });

  test('keeps big integers apart that a double would make one', async () => {
    expect(await hashed('9007199254740993')).not.toBe(await hashed('9007199254740992'));
  });

  test('null stays null', async () => {
    expect(await hashed('null')).toBeNull();
  });

  test('can be stored under a new name', async () => {
    const { text: record, columns } = await transform('{"email":"e","id":1}', hash('$.email', ARN, 'key'), rename('$.email', 'email_hash'));
    expect(record).toMatch(/^\{"email_hash":"[0-9a-f]{64}","id":1\}$/);
    expect(columns).toEqual(['email_hash string', 'id int']);
  });

  test('its key is redacted from then on', async () => {
    const redactor = new Redactor();
    await new RecordTransformer([hash('$.v', ARN, 'key')], { secrets: new SecretReader(), redactor, page: () => 1 }).prepare();
    expect(redactor.redact('the key is Jefe')).toBe(`the key is ${redactor.redact('Jefe')}`);
    expect(redactor.redact('the key is Jefe')).not.toContain('Jefe');
  });

  test('a secret that cannot be used fails before a record is read', async () => {
    await expect(transform('{}', hash('$.v', ARN, 'other'))).rejects.toMatchObject({ code: 'SECRET_FIELD_MISSING' });
    await expect(transform('{}', hash('$.v', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:none-abcdef'))).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
  });
});

describe('the schema', () => {
  test('is that of what is stored', async () => {
    const { columns } = await transform('{"a":1,"b":2,"c":3,"d":{"e":true,"f":1}}', drop('$.a'), rename('$.b', 'x'), mask('$.c'), drop('$.d.e'));
    expect(columns).toEqual(['x int', 'c string', 'd struct<f:int>']);
  });

  test.each([['12', 'value int'], ['"a"', 'value string'], ['[1]', 'value array<int>'], ['9007199254740993123', 'value bigint']])('of a record that is no object: %s', async (record, column) => {
    expect(await transform(record, drop('$.a'))).toEqual({ text: record, columns: [column] });
  });
});
