import { hiveTypeText, parseHiveType } from '../../../src/spec/hive-type';

test.each([
  'string', 'int', 'decimal(10,2)', 'array<struct<a:int,B:map<string,array<double>>>>', 'struct<date:string,user-id:int>',
])('%s is read and written alike', (text) => {
  expect(hiveTypeText(parseHiveType(text))).toBe(text);
});

test('other spellings are read too', () => {
  expect(hiveTypeText(parseHiveType(' struct< `a` : varchar(10) , b:INTEGER > '))).toBe('struct<a:string,b:int>');
});

test.each(['strin', 'array<int', 'struct<a>', 'map<string>', 'int,'])('"%s" is no type', (text) => {
  expect(() => parseHiveType(text)).toThrow(`"${text}" is not a Hive type`);
});
