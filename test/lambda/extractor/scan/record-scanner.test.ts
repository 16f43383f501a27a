import { recordedPage, scan, scanError } from '../../../support/scan';

describe('records are the bytes that came', () => {
  test.each([
    ['integers beyond 64 bits', '{"id":9007199254740993123}'],
    ['numerals with trailing zeros', '{"price":1.10,"e":1E+2,"z":-0}'],
    ['the order of keys', '{"z":1,"a":2,"10":3,"9":4}'],
    ['escapes', '{"a":"\\u00e9\\/\\ud83d\\ude00","\\u0061b":"\\t"}'],
    ['unicode', '{"ü":"é€😀 日本"}'],
    ['duplicate keys', '{"a":1,"a":2}'],
    ['white space', '{ "a" :\n\t[ 1 ,\r\n 2 ] }'],
    ['keys that differ in case', '{"Id":1,"id":2}'],
    ['records that are no objects', '"text"'],
  ])('%s', (_name, record) => {
    const response = `{"results":[${record},\n ${record} ]}`;
    const bytes = Buffer.byteLength(response);
    for (let size = 1; size <= bytes; size++) {
      expect(scan(response, { records: '$.results', chunk: () => size }).records).toEqual([record, record]);
    }
  });

  test.each([1, 2, 3, 4] as const)('on the real page %d, however it is cut', (page) => {
    const bytes = recordedPage(page);
    const text = bytes.toString();
    const expected = JSON.parse(text).results.map((record: unknown) => JSON.stringify(record));
    for (const size of [7, 1000, 65_536, bytes.length]) {
      const { records, scanner } = scan(bytes, { records: '$.results', capture: ['$.info.page'], chunk: () => size });
      expect(records.map((record) => JSON.stringify(JSON.parse(record)))).toEqual(expected);
      expect(text).toContain(records.join(',')); // the page has no space between records
      expect(scanner.captured('$.info.page')).toBe(page);
    }
  });
});

describe('the records\' path', () => {
  test.each([
    ['$', '[1,2]', ['1', '2']],
    ['$', '{"a":1}', ['{"a":1}']],
    ['$', '[]', []],
    ['$.results', '{"x":{"results":[9]},"results":[1,{}],"y":[[]]}', ['1', '{}']],
    ['$.results', '{"results":{"a":[1]}}', ['{"a":[1]}']],
    ['$.results', '{"results":null}', []],
    ['$.a.b', '{"a":{"c":1,"b":[1]},"b":[2]}', ['1']],
    ['$.a', '{"\\u0061":[1]}', ['1']],
    ["$['odd \"name\"'].x", '{"odd \\"name\\"":{"x":[1]}}', ['1']],
    ['$.data[*].items', '{"data":[{"items":[1,2]},{"none":0},{"items":[]},{"items":[3]},7]}', ['1', '2', '3']],
    ['$.data[*].item', '{"data":[{"item":{"a":1}},{"item":{"a":2}}]}', ['{"a":1}', '{"a":2}']],
    ['$[*].items', '[{"items":[1]},{"items":[2]}]', ['1', '2']],
    ['$.results[*]', '{"results":[1,2]}', ['1', '2']],
    ['$.data[*].items', '{"data":[]}', []],
    ['$.results', '{"results":[[1],[2,3]]}', ['[1]', '[2,3]']],
    ['$.constructor', '{"constructor":[1]}', ['1']],
  ])('%s in %s', (records, response, expected) => {
    for (const size of [1, 2, 5, 1000]) {
      const result = scan(response, { records, chunk: () => size });
      expect(result.records).toEqual(expected);
      expect(result.scanner.records).toBe(expected.length);
    }
  });

  test.each([
    ['$.results', '{"error":"no","code":7}', /it has the keys "error", "code"/],
    ['$.results', '[]', /holds no object/],
    ['$.results', '"text"', /holds no object/],
    ['$.a.b', '{"a":{"c":1},"d":2}', /it has the keys "c"|"d"/],
    ['$.results', '{"results":"none"}', /neither an array nor an object/],
    ['$', '7', /neither an array nor an object/],
    ['$.data[*].items', '{"data":[{"x":1}]}', /it has the keys "x"/],
    ['$.data[*].items', '{"data":{"items":[1]}}', /the path/],
  ])('%s is missing in %s', (records, response, message) => {
    const error = scanError(response, { records });
    expect(error).toMatchObject({ code: 'RECORDS_PATH_MISSING', retryable: false });
    expect(error.message).toMatch(message);
  });
});

describe('captured values', () => {
  test.each([
    ['before the records', '{"next":"abc","r":[1]}', 'abc'],
    ['after the records', '{"r":[1],"next":"abc"}', 'abc'],
    ['with escapes', '{"r":[1],"next":"a\\u0062\\/c"}', 'ab/c'],
    ['that are null', '{"r":[1],"next":null}', null],
    ['that are absent', '{"r":[1]}', undefined],
    ['that are false', '{"r":[1],"next":false}', false],
    ['that are numbers', '{"r":[1],"next":42}', 42],
    ['that are integers a double cannot hold', '{"r":[1],"next":9223372036854775807}', '9223372036854775807'],
    ['that are objects', '{"next":{"a":[1, {}]},"r":[1]}', { a: [1, {}] }],
    ['that stand inside records only', '{"r":[{"next":"no"}]}', undefined],
    ['that stand deeper only', '{"x":{"next":"no"},"r":[1]}', undefined],
  ])('%s', (_name, response, expected) => {
    for (const size of [1, 3, 1000]) {
      const { scanner, records } = scan(response, { records: '$.r', capture: ['$.next'], chunk: () => size });
      expect(scanner.captured('$.next')).toEqual(expected);
      expect(records).toHaveLength(1);
    }
  });

  test('several, some inside others', () => {
    const response = '{"paging":{"next":{"after":"x"},"total":3},"r":[1]}';
    const paths = ['$.paging.next.after', '$.paging.total', '$.paging.next', "$['paging'].total", '$.none.at.all'];
    const { scanner } = scan(response, { records: '$.r', capture: paths, chunk: () => 2 });
    expect(paths.map((path) => scanner.captured(path))).toEqual(['x', 3, { after: 'x' }, 3, undefined]);
  });

  test('inside a single object that is the record', () => {
    const { scanner, records } = scan('{"id":1,"page":{"next":9223372036854775807}}', { capture: ['$.page.next'] });
    expect(records).toEqual(['{"id":1,"page":{"next":9223372036854775807}}']);
    expect(scanner.captured('$.page.next')).toBe('9223372036854775807');
  });

  test('do not touch the schema', () => {
    const { schema } = scan('{"next":{"a":1},"skipped":[{"b":2}],"r":[{"c":3}]}', { records: '$.r', capture: ['$.next'] });
    expect(schema.glueColumns()).toEqual([{ name: 'c', type: 'int' }]);
  });

  test.each(['$', '$.data', '$.data.items'])('refuses %s, which contains the records', (path) => {
    expect(scanError('{}', { records: '$.data.items', capture: [path] })).toMatchObject({ code: 'CAPTURE_CONTAINS_RECORDS', retryable: false });
  });

  test('refuses a value longer than 1 MiB', () => {
    const response = `{"next":"${'x'.repeat(1024 * 1024)}","r":[]}`;
    for (const size of [65_536, 2_000_000]) {
      const error = scanError(response, { records: '$.r', capture: ['$.next'], maxRecordBytes: 4e6, chunk: () => size });
      expect(error).toMatchObject({ code: 'CAPTURED_VALUE_TOO_LARGE', retryable: false });
    }
  });
});

describe('limits', () => {
  test('takes a record of the longest length and refuses a longer one, however it is cut', () => {
    const record = `{"a":"${'x'.repeat(992)}"}`;
    for (const size of [1, 7, 100, 5000]) {
      const options = { chunk: () => size, maxRecordBytes: 1000 };
      expect(scan(`[${record},1]`, options).records).toEqual([record, '1']);
      const error = scanError(`[1,${record.replace('x', 'xx')},2]`, options);
      expect(error).toMatchObject({ code: 'RECORD_TOO_LARGE', retryable: false, details: { record: 2 } });
    }
  });

  test('refuses a record without end as soon as it is longer than allowed', () => {
    const chunk = 10;
    let sent = 0;
    const error = scanError(`["${'x'.repeat(5000)}`, { maxRecordBytes: 1000, chunk: () => { sent += chunk; return chunk; } });
    expect(error.code).toBe('RECORD_TOO_LARGE');
    expect(sent).toBeGreaterThan(1000);
    expect(sent).toBeLessThanOrEqual(1000 + 2 * chunk);
  });

  test('skips an array outside the records that is larger than a record may be', () => {
    const response = `{"log":[${'{"x":[1,"y"]},'.repeat(10_000)}0],"r":[1]}`;
    expect(scan(response, { records: '$.r', maxRecordBytes: 1000, chunk: () => 500 }).records).toEqual(['1']);
  });
});
