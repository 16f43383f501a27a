import fc from 'fast-check';
import { scanFormat, scanFormatError, ScanFormatOptions } from '../../../support/scan-format';

const NDJSON = { type: 'ndjson' } as const;
const read = (response: string | Buffer, options?: ScanFormatOptions) => scanFormat(NDJSON, response, options);
const failure = (response: string | Buffer, options?: ScanFormatOptions) => scanFormatError(NDJSON, response, options);

describe('reads', () => {
  test('one record a line, byte for byte', () => {
    const lines = ['{"id":9007199254740993123,"t":"\\u00e9 é","n":1.10}', '{ "id" : 2 }', '[1, 2]', '"text"', 'null', '-0.5e3'];
    expect(read(lines.join('\n') + '\n').records).toEqual(lines);
  });

  test('blank lines, CRLF, spaces around a value, a byte order mark and a last line without its end', () => {
    expect(read('\ufeff\r\n{"id":1}\r\n\n \t \n  {"id":2}  \r\n\r\n{"id":3}').values).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test('nothing from an empty response', () => {
    for (const empty of ['', '\n', '\r\n \n', '\ufeff']) {
      expect(read(empty).records).toEqual([]);
    }
  });

  test('the same records and the same schema, however the response is cut', () => {
    const response = Buffer.from('\ufeff{"id":1,"name":"Zoë 😀"}\r\n\r\n{"id":12,"tags":[true,null]}\n7\n"x"');
    const whole = read(response);
    expect(whole.values).toHaveLength(4);
    for (let size = 1; size <= response.length; size++) {
      const cut = read(response, { chunk: () => size });
      expect(cut.records).toEqual(whole.records);
      expect(cut.schema.toJSON()).toEqual(whole.schema.toJSON());
    }
  });

  test('what a parser of the whole text reads, wherever chunks are cut', () => {
    const line = fc.oneof(fc.json().filter((text) => !text.includes('\n')), fc.constantFrom('', ' ', '\t'));
    fc.assert(fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.integer({ min: 1, max: 9 }), (lines, end, last, size) => {
      const text = lines.join(end) + (last ? end : '');
      const expected = text.split('\n').map((each) => each.trim()).filter((each) => each !== '').map((each) => JSON.parse(each) as unknown);
      expect(read(text, { chunk: () => size }).values).toEqual(expected);
    }), { numRuns: 500 });
  });
});

describe('refuses, with the line', () => {
  test.each([
    ['a value over two lines', '{"id":1}\n{"id":\n2}\n', 2],
    ['a text on the next line', '{"id":\n"x"}\n', 1],
    ['an array over two lines', '1\n[\n]\n', 2],
    ['a cut value', '{"id":1}\r\n\n{"id":2', 3],
    ['a cut number of a cut record', '{"id":1}\n{"n":-', 2],
    ['two values in a line', '{"id":1} {"id":2}\n', 1],
    ['an array of records', '[{"id":1},\n{"id":2}]', 1],
    ['no JSON', '{"id":1}\n{id:2}\n', 2],
    ['a line break within a string', '{"a":"x\ny"}\n', 1],
    ['single quotes', '\n\n\'x\'\n', 3],
    ['NaN', '{"a":NaN}', 1],
  ])('%s', (_name, response, line) => {
    for (const size of [1, 2, 5, response.length]) {
      expect(failure(response, { chunk: () => size })).toMatchObject({
        code: 'MALFORMED_RESPONSE', retryable: true, details: { line }, message: expect.stringContaining(`line ${line}: `),
      });
    }
  });

  test('what a parser of each line refuses, and nothing else', () => {
    const broken = fc.tuple(fc.array(fc.json()), fc.string(), fc.nat(), fc.integer({ min: 1, max: 9 }));
    fc.assert(fc.property(broken, ([lines, junk, at, size]) => {
      const text = [...lines.slice(0, at % (lines.length + 1)), junk.replace(/[\n\r]/g, ' '), ...lines.slice(at % (lines.length + 1))].join('\n');
      const isJson = (line: string) => {
        try {
          JSON.parse(line);
          return true;
        } catch {
          return /^[ \t]*$/.test(line);
        }
      };
      const expected = text.split('\n').findIndex((line) => !isJson(line)) + 1;
      if (expected === 0) {
        read(text, { chunk: () => size });
      } else {
        expect(failure(text, { chunk: () => size }).details).toMatchObject({ line: expected });
      }
    }), { numRuns: 500 });
  });

  test('a record too large, before it is held whole', () => {
    const response = `{"a":1}\n{"a":"${'x'.repeat(2000)}"}\n`;
    for (const size of [1, 100, response.length]) {
      expect(failure(response, { maxRecordBytes: 1000, chunk: () => size })).toMatchObject({ code: 'RECORD_TOO_LARGE', retryable: false, details: { record: 2 } });
    }
    expect(read(response, { maxRecordBytes: 2010 }).records).toHaveLength(2);
  });

  test('bytes that are no UTF-8, with their place and what to do', () => {
    const response = Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.of(0xe9), Buffer.from('"}\n')]);
    expect(failure(response)).toMatchObject({ code: 'MALFORMED_RESPONSE', details: { offset: 14 }, message: expect.stringMatching(/invalid UTF-8.*name it in the source's format.* at byte 14/) });
  });
});
