import fc from 'fast-check';
import { CsvSpec } from '../../../../src/spec';
import { scanFormat, scanFormatError, ScanFormatOptions } from '../../../support/scan-format';

const csv = (spec: CsvSpec = {}) => ({ type: 'csv', ...spec }) as const;
const read = (response: string | Buffer, spec?: CsvSpec, options?: ScanFormatOptions) => scanFormat(csv(spec), response, options);
const failure = (response: string | Buffer, spec?: CsvSpec, options?: ScanFormatOptions) => scanFormatError(csv(spec), response, options);

describe('reads', () => {
  test('every value as a string, as it stands', () => {
    expect(read('id,zip,price,ok,none,n\n1,01234,1.10,true,,null\n').records)
      .toEqual(['{"id":"1","zip":"01234","price":"1.10","ok":"true","none":"","n":"null"}']);
  });

  test('long fields, and rows longer than any before', () => {
    const rows = [1, 48, 49, 50, 5000, 100_000].map((length) => ({ a: 'x'.repeat(length - 1) + 'é', b: 'y'.repeat(length) }));
    const body = ['a,b', ...rows.map(({ a, b }) => `${a},"${b}"`)].join('\n');
    expect(read(body).values).toEqual(rows);
    expect(read(body, {}, { chunk: () => 4093 }).values).toEqual(rows);
  });

  test('delimiters, line breaks and doubled quotes within quotes', () => {
    expect(read('a,b\r\n"1,5","say ""hi"""\r\n"two\r\nlines","\n"\r\n"",""""\r\n').values)
      .toEqual([{ a: '1,5', b: 'say "hi"' }, { a: 'two\r\nlines', b: '\n' }, { a: '', b: '"' }]);
  });

  test('a byte order mark, and a last row without its line end', () => {
    expect(read('\ufeffa,b\n1,2\n3,4').values).toEqual([{ a: '1', b: '2' }, { a: '3', b: '4' }]);
    expect(read('\ufeff"a",b\n1,"2"').values).toEqual([{ a: '1', b: '2' }]);
    expect(read('a,b\n1,').values).toEqual([{ a: '1', b: '' }]);
  });

  test('what JSON must escape', () => {
    expect(read('a\\b,c\td\n\\"x,"\u0001\b\u001f"\n'.replace('"x', 'x')).values).toEqual([{ 'a\\b': '\\x', 'c\td': '\u0001\b\u001f' }]);
  });

  test('other delimiters and quotes, or none', () => {
    expect(read("a;b\n'x;y';'it''s'\n1,5;say \"hi\"\n", { delimiter: ';', quote: "'" }).values).toEqual([{ a: 'x;y', b: "it's" }, { a: '1,5', b: 'say "hi"' }]);
    expect(read('a\tb\n"24""\t"\n', { delimiter: '\t', quote: '' }).values).toEqual([{ a: '"24""', b: '"' }]);
  });

  test('names from elsewhere, with or without a header', () => {
    expect(read('1,2\n3,4\n', { header: false, columns: ['x', 'y'] }).values).toEqual([{ x: '1', y: '2' }, { x: '3', y: '4' }]);
    expect(read('a,a\n3,4\n', { columns: ['x', 'y'] }).values).toEqual([{ x: '3', y: '4' }]);
  });

  test('nothing from a header alone', () => {
    for (const header of ['a,b', 'a,b\n', '\r\na,b\r\n\r\n']) {
      const { records, schema } = read(header);
      expect([records, schema.glueColumns()]).toEqual([[], []]);
    }
    expect(read('', { header: false, columns: ['a'] }).records).toEqual([]);
  });

  test('empty lines as no records, but as empty values where there is one column', () => {
    expect(read('\n\r\na,b\n\n1,2\r\n\r\n\n3,4\n\n').values).toEqual([{ a: '1', b: '2' }, { a: '3', b: '4' }]);
    expect(read('a\n1\n\n"2"\n').values).toEqual([{ a: '1' }, { a: '' }, { a: '2' }]);
  });

  test('columns of strings into the schema, the same however it is cut', () => {
    const response = 'Id,"a ""b""",ü\n1,2,"x\n😀"\r\n,,\n';
    const whole = read(response);
    expect(whole.schema.glueColumns()).toEqual([{ name: 'id', type: 'string' }, { name: 'a "b"', type: 'string' }, { name: 'ü', type: 'string' }]);
    expect(whole.values).toEqual([{ 'Id': '1', 'a "b"': '2', 'ü': 'x\n😀' }, { 'Id': '', 'a "b"': '', 'ü': '' }]);
    const bytes = Buffer.from(response);
    for (let size = 1; size <= bytes.length; size++) {
      const cut = read(bytes, {}, { chunk: () => size });
      expect(cut.records).toEqual(whole.records);
      expect(cut.schema.toJSON()).toEqual(whole.schema.toJSON());
    }
  });

  test('a column that was a number in JSON as text from now on', () => {
    const { schema } = scanFormat(undefined, '[{"id":1}]');
    expect(read('id\n01\n', {}, { schema }).schema.glueColumns()).toEqual([{ name: 'id', type: 'string' }]);
  });
});

describe('against a reference that has the whole text', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[,;"'\n\r\t\\ aé😀01]{0,12}$/));

  /** The rows of a strict CSV text, by a regular expression a field. */
  function reference(csvText: string, delimiter: string): string[][] {
    const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^"\\r\\n${delimiter}]*))(${delimiter}|\\r?\\n|$)`, 'y');
    const rows: string[][] = [[]];
    while (field.lastIndex < csvText.length) {
      const [, quoted, plain, end] = field.exec(csvText)!;
      rows[rows.length - 1].push(quoted?.replaceAll('""', '"') ?? plain);
      if (end !== delimiter && field.lastIndex < csvText.length) {
        rows.push([]);
      } else if (end === delimiter && field.lastIndex === csvText.length) {
        rows[rows.length - 1].push('');
      }
    }
    return rows;
  }

  test('any table comes back, however it is quoted and cut', () => {
    const table = fc.integer({ min: 2, max: 5 }).chain((width) => fc.array(fc.array(text, { minLength: width, maxLength: width }), { maxLength: 8 })
      .map((rows) => ({ width, rows })));
    const style = fc.record({ delimiter: fc.constantFrom(',', ';', '\t', '|'), end: fc.constantFrom('\n', '\r\n'), last: fc.boolean(), always: fc.boolean(), mark: fc.boolean() });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(table, style, cuts, ({ width, rows }, { delimiter, end, last, always, mark }, sizes) => {
      const quoted = (value: string) => (always || /[",;|\t\r\n]/.test(value) || value === '' ? `"${value.replaceAll('"', '""')}"` : value);
      const names = Array.from({ length: width }, (_, index) => `c${index}`);
      const body = [names, ...rows].map((row) => row.map(quoted).join(delimiter)).join(end) + (last ? end : '');
      let next = 0;
      const { values } = read((mark ? '\ufeff' : '') + body, { delimiter }, { chunk: () => sizes[next++ % sizes.length] });
      // Half of a surrogate pair is no text in UTF-8.
      const wellFormed = (value: string) => Buffer.from(value).toString();
      expect(values).toEqual(rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], wellFormed(value)]))));
      const again = reference(body, delimiter === '|' ? '\\|' : delimiter);
      if (delimiter !== '|') {
        expect(again.slice(1)).toEqual(rows);
      }
    }), { numRuns: 500 });
  });

  test('any text is read the same or refused the same, however it is cut', () => {
    const anyText = fc.stringMatching(/^[,"\n\ra1]{0,30}$/);
    let accepted = 0;
    fc.assert(fc.property(anyText, fc.integer({ min: 1, max: 5 }), (body, size) => {
      const outcome = (chunk: () => number) => {
        try {
          return read(`x,y\n${body}`, {}, { chunk }).values;
        } catch (error) {
          return (error as Error).message;
        }
      };
      const whole = outcome(() => 1000);
      expect(outcome(() => size)).toEqual(whole);
      if (Array.isArray(whole)) {
        accepted++;
        const rows = reference(body, ',').filter((row) => row.length > 1);
        expect(whole).toEqual(rows.map(([x, y]) => ({ x, y })));
      }
    }), { numRuns: 3000 });
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('refuses, with the line', () => {
  test.each([
    ['too few fields', 'a,b\n1,2\n3\n', 3, '1 fields where 2 are expected'],
    ['too many fields', 'a,b\r\n"x\r\ny",2\r\n3,4,5\r\n', 4, '3 fields where 2 are expected'],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', 3, 'never closed'],
    ['text behind a closing quote', 'a,b\n1,"2"3\n', 2, 'text between a closing quote'],
    ['a quote within a plain field', 'a,b\n1,2"3\n', 2, 'a quote within a field'],
    ['a lone carriage return', 'a,b\n1,2\r3,4\n', 2, 'a carriage return'],
    ['a lone carriage return at the end', 'a,b\n1,2\r', 2, 'a carriage return'],
    ['nothing at all', '', 1, 'empty, without even a header'],
    ['nothing but empty lines', '\n\n', 3, 'empty, without even a header'],
  ])('%s', (_name, response, line, message) => {
    for (const size of [1, 2, 3, 100]) {
      expect(failure(response, {}, { chunk: () => size })).toMatchObject({
        code: 'MALFORMED_RESPONSE', retryable: true, details: { line }, message: expect.stringMatching(`^line ${line}: .*${message}`),
      });
    }
  });

  test('a header of another width than the names that take its place', () => {
    expect(failure('a,b,c\n1,2,3\n', { columns: ['x', 'y'] }).message).toContain('3 fields where 2 are expected');
  });

  test('a record too large, such as behind a quote that nobody closes', () => {
    const body = `a,b\n1,2\n3,"${'x\n'.repeat(5000)}`;
    expect(failure(body, {}, { maxRecordBytes: 1000, chunk: () => 100 })).toMatchObject({ code: 'RECORD_TOO_LARGE', retryable: false, details: { record: 2 } });
  });

  test('never by repeating what the response holds', () => {
    expect(failure('a,b\nsecret\n').message).not.toContain('secret');
  });
});

describe('names of the header', () => {
  const names = (header: string) => {
    const { values, source } = read(`${header}\n${header.replace(/[^,]+/g, 'v')}\n`);
    return { names: Object.keys(values[0] as object), warnings: source.warnings };
  };

  test('that differ are kept as they are, without a warning', () => {
    expect(names('Id,Full Name,é')).toEqual({ names: ['Id', 'Full Name', 'é'], warnings: [] });
  });

  test('that are empty become the position', () => {
    expect(names('id,, ')).toEqual({ names: ['id', 'column_2', 'column_3'], warnings: [expect.stringContaining('"" (field 2) as "column_2", " " (field 3) as "column_3"')] });
  });

  test('that come again, in any case, get a number that no other has', () => {
    expect(names('id,ID,id_2,id').names).toEqual(['id', 'ID_3', 'id_2', 'id_4']);
    expect(names('column_2,').names).toEqual(['column_2', 'column_2_2']);
    expect(names('id,ID').warnings).toEqual([expect.stringContaining('"ID" (field 2) as "ID_2"')]);
  });

  test('are always as many as the fields, and differ', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', 'A', 'b', '', 'a_2', 'A_2', 'a_3', 'column_1', 'COLUMN_2'), { minLength: 2, maxLength: 8 }), (header) => {
      const got = names(header.join(',')).names;
      expect(new Set(got.map((name) => name.toLowerCase())).size).toBe(header.length);
    }));
  });
});
