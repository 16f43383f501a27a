import { SchemaTree } from '../../../../lambda/extractor/scan';
import { recordedPage, scan } from '../../../support/scan';

const columnsOf = (...records: string[]) => Object.fromEntries(scan(`[${records}]`).schema.glueColumns().map(({ name, type }) => [name, type]));
const typeOf = (...values: string[]) => columnsOf(...values.map((value) => `{"a":${value}}`)).a;

describe('Glue types', () => {
  test.each([
    ['boolean', ['true', 'false', 'null']],
    ['string', ['null']],
    ['string', ['"x"', 'null']],
    ['int', ['0', '-0', '2147483647', '-2147483648']],
    ['bigint', ['2147483648']],
    ['bigint', ['-2147483649']],
    ['bigint', ['9999999999']],
    ['bigint', ['1', '9223372036854775807', '-9223372036854775808']],
    ['bigint', ['9007199254740991', '9007199254740992']],
    ['string', ['9223372036854775808']],
    ['string', ['-9223372036854775809']],
    ['string', ['12345678901234567890']],
    ['double', ['1.10']],
    ['double', ['1', '2.5']],
    ['double', ['1e5']],
    ['double', ['0.00000000000000000000000012']],
    ['double', ['0.12345678901234567', '1.2345678901234567']],
    ['string', ['1.23456789012345678']],
    ['string', ['1E400']],
    ['string', ['1e-400']],
    ['double', ['0e-400', '1600000000000', '1600000000000.5']],
    ['string', ['9007199254740993', '0.5']],
    ['string', ['1', '"1"']],
    ['string', ['1', 'true']],
    ['string', ['{}']],
    ['string', ['{}', '[]']],
    ['array<string>', ['[]']],
    ['array<int>', ['[]', '[1,null]', 'null']],
    ['array<bigint>', ['[1]', '[2147483648]']],
    ['array<array<double>>', ['[[1],[2.5]]']],
    ['struct<b:int,c:string>', ['{"b":1}', '{"c":null}', '{}']],
    ['array<struct<b:struct<c:boolean>>>', ['[{"b":{"c":true}}]']],
    ['string', ['{"b":1}', '7']],
  ])('%s of %j', (type, values) => {
    expect(typeOf(...values)).toBe(type);
    expect(typeOf(...[...values].reverse()).split(/[<>,]/).sort()).toEqual(type.split(/[<>,]/).sort());
  });

  test.each(['a:b', 'a,b', 'a<b', '', ' ', 'a`b'])('a struct does without the key %j, which would break the type', (key) => {
    const { schema } = scan(`[{"x":{"fine":1,${JSON.stringify(key)}:2}}]`);
    expect(schema.glueColumns()).toEqual([{ name: 'x', type: 'struct<fine:int>' }]);
    expect(schema.collisions()).toEqual([expect.stringContaining(`"x" is shown without its key ${JSON.stringify(key)}`)]);
    expect(typeOf(`{${JSON.stringify(key)}:2}`)).toBe('string');
  });

  test.each(['a b', 'a-b', 'a.b', 'a"b'])('a struct has the key %j, which SQL must quote', (key) => {
    const { schema } = scan(`[{"x":{${JSON.stringify(key)}:2}}]`);
    expect(schema.glueColumns()).toEqual([{ name: 'x', type: `struct<${key}:int>` }]);
    expect(schema.collisions()).toEqual([expect.stringContaining(`the key ${JSON.stringify(key)} of "x" has a special sign`)]);
  });

  test.each(['$oid', 'größe', '名', '_x9', 'camelCase'])('a struct can have the key %s', (key) => {
    expect(typeOf(`{"${key}":1}`)).toBe(`struct<${key}:int>`);
  });

  test('keys of a struct that differ in case only share a field that reads both', () => {
    expect(typeOf('{"Id":1,"id":2.5}')).toBe('struct<Id:double>');
    expect(scan('[{"a":{"Id":1,"id":2.5}}]').schema.collisions()).toEqual([expect.stringContaining('"Id", "id" of "a" share the field id')]);
  });

  test('an object of more than 1,000 distinct keys is a map, and forgets them', () => {
    const records = (count: number) => Array.from({ length: count }, (_, index) => `{"m":{"u${index}":{"deep":1}}}`);
    expect(columnsOf(...records(1000)).m).toMatch(/^struct<u0:struct<deep:int>,/);
    const { schema } = scan(`[${records(5000)}]`);
    expect(schema.glueColumns()).toEqual([{ name: 'm', type: 'map<string,string>' }]);
    expect(JSON.stringify(schema.toJSON()).length).toBeLessThan(50);
  });

  test('a map that is a number once is text', () => {
    const map = `{"m":{${Array.from({ length: 1001 }, (_, index) => `"u${index}":1`)}}}`;
    expect(columnsOf(map, '{"m":1}').m).toBe('string');
  });

  test('records of more than 1,000 keys keep the first as columns, with a warning', () => {
    const { schema } = scan(`[{${Array.from({ length: 1500 }, (_, index) => `"c${index}":1`)}},{"c7":"x","c1400":2}]`);
    const columns = schema.glueColumns();
    expect(columns).toHaveLength(1000);
    expect(columns[7]).toEqual({ name: 'c7', type: 'string' });
    expect(schema.collisions()).toEqual([expect.stringContaining('more than 1000 keys')]);
  });

  test('a record that is no object counts as column value', () => {
    expect(columnsOf('1', '2.5')).toEqual({ value: 'double' });
    expect(columnsOf('[1]', '{"value":[2],"b":true}')).toEqual({ value: 'array<int>', b: 'boolean' });
  });

  test('keys written with escapes are the same keys', () => {
    expect(columnsOf('{"a":1}', '{"\\u0061":2.5}', '{"\\u0062":1}', '{"b":"x"}')).toEqual({ a: 'double', b: 'string' });
  });
});

describe('column names', () => {
  test('are lower case, and keys that collide share a column that reads both', () => {
    const { schema } = scan('[{"Id":1,"id":2.5,"ID":3,"Name":"x"}]');
    expect(schema.glueColumns()).toEqual([{ name: 'id', type: 'double' }, { name: 'name', type: 'string' }]);
    expect(schema.collisions()).toEqual([expect.stringContaining('"Id", "id", "ID" share the column id')]);
  });

  test('an empty key and the partition\'s name get no column', () => {
    const { schema } = scan('[{"":1," ":1,"Ingestion_Date":2,"a":3}]');
    expect(schema.glueColumns()).toEqual([{ name: 'a', type: 'int' }]);
    expect(schema.collisions()).toEqual([expect.stringContaining('"", " " has no column'), expect.stringContaining('"Ingestion_Date" has no column')]);
  });

  test('without collisions there is no warning', () => {
    expect(scan(recordedPage(1), { records: '$.results' }).schema.collisions()).toEqual([]);
  });

  test('a key that stands twice in one object is named, wherever it stands', () => {
    const { schema } = scan('[{"a":1,"a":2},{"b":[{"c":1,"\\u0063":2}]},{"d":1},{"d":2}]');
    expect(schema.collisions()).toEqual([expect.stringContaining('"a" stands twice'), expect.stringContaining('"b[*].c" stands twice')]);
  });
});

describe('changes', () => {
  test('rise with a new key or kind, and with nothing else', () => {
    const schema = new SchemaTree();
    const changed = (record: string) => {
      const before = schema.changes;
      scan(`[${record}]`, { schema });
      return schema.changes > before;
    };
    expect(['{"a":1}', '{"a":2}', '{"a":null}', '{"b":[]}', '{"b":[1]}', '{"b":[2],"a":7}', '{"b":[2.5]}', '7', '8'].map(changed))
      .toEqual([true, false, true, true, true, false, true, true, false]);
  });

  test('are the same however the response is cut', () => {
    const response = '[{"a":1234567890123,"b":1.5,"c":{"d":[true,null]}},{"a":"x","e":0.12345678901234567890}]';
    const whole = scan(response).schema;
    for (let size = 1; size < response.length; size++) {
      const { schema } = scan(response, { chunk: () => size });
      expect(schema.toJSON()).toEqual(whole.toJSON());
      expect(schema.changes).toBe(whole.changes);
    }
  });
});

describe('the stored tree', () => {
  const stored = (schema: SchemaTree) => SchemaTree.fromJSON(JSON.parse(JSON.stringify(schema)));

  test('comes back the same, and scanning goes on', () => {
    const first = '[{"a":1,"__proto__":{"x\\"y":[{}]},"10":true,"9":[[1.5]],"n":null},7]';
    const second = '[{"a":2.5,"new":1,"x\\"y":0}]';
    const both = scan(second, { schema: scan(first).schema }).schema;
    const resumed = scan(second, { schema: stored(scan(first).schema) }).schema;
    expect(resumed.glueColumns()).toEqual(both.glueColumns());
    expect(resumed.toJSON()).toEqual(both.toJSON());
    expect(resumed.hash()).toBe(both.hash());
  });

  test('knows what it knew: the same records change nothing', () => {
    const schema = stored(scan(recordedPage(1), { records: '$.results' }).schema);
    scan(recordedPage(1), { records: '$.results', schema });
    expect(schema.changes).toBe(0);
    expect(JSON.stringify(schema).length).toBeLessThan(1000);
  });

  test('keeps maps and closed records', () => {
    const wide = `[{"m":{${Array.from({ length: 1001 }, (_, index) => `"k${index}":1`)}}}]`;
    const schema = stored(scan(wide).schema);
    scan('[{"m":{"another":{}}}]', { schema });
    expect(schema.changes).toBe(0);
    expect(schema.glueColumns()).toEqual([{ name: 'm', type: 'map<string,string>' }]);
  });

  test('is taken once as long as nothing changes', () => {
    const { schema } = scan('[{"a":1}]');
    expect(schema.toJSON()).toBe(schema.toJSON());
    const before = schema.toJSON();
    scan('[{"b":1}]', { schema });
    expect(SchemaTree.fromJSON(before).glueColumns()).toEqual([{ name: 'a', type: 'int' }]);
  });

  test.each([undefined, null])('of %s is empty', (value) => {
    expect(SchemaTree.fromJSON(value).glueColumns()).toEqual([]);
  });

  test.each(['text', {}, [256, 0, 0, 7, 8], [256, 0, 0, 'a', 'b'], ['x', 0, 0], 1.5].map((value) => [value]))('that is unreadable is refused: %j', (value) => {
    expect(() => SchemaTree.fromJSON(value)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNREADABLE', retryable: false }));
  });
});

describe('the hash', () => {
  const hash = (...records: string[]) => scan(`[${records}]`).schema.hash();

  test('does not depend on the order of keys or records, nor on nulls', () => {
    expect(hash('{"a":1,"b":{"c":1,"d":"x"}}')).toBe(hash('{"b":{"d":"y"}}', '{"a":null}', '{"b":{"c":7},"a":2}'));
  });

  test('rises with a new field beside a key that no struct can have', () => {
    expect(hash('{"a":{"b:c":1,"d":1}}')).not.toBe(hash('{"a":{"b:c":1,"d":1,"e":1}}'));
  });

  test('does not depend on which of two spellings came first', () => {
    expect(hash('{"a":{"Id":1}}', '{"a":{"id":2}}')).toBe(hash('{"a":{"id":2}}', '{"a":{"Id":1}}'));
  });

  test('differs by name and by type', () => {
    expect(new Set([hash('{"a":1}'), hash('{"b":1}'), hash('{"a":"1"}'), hash('{"a":{"b":1}}'), hash('{"a":{"b":""}}')]).size).toBe(5);
  });
});
