import { scanFormat, scanFormatError } from '../../../support/scan-format';

const utf16 = (text: string, bigEndian = false) => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const JSON_TEXT = '[{"name":"Zoë 😀 €"},{"name":"日本"}]';
const WESTERN = '[{"name":"Zoë €“”"}]';
const western = (text: string) => Buffer.from(text.replace('€', '\x80').replace('“', '\x93').replace('”', '\x94'), 'latin1');

const CASES: [string, string | undefined, string | undefined, Buffer, string][] = [
  ['UTF-8 unless somebody says otherwise', undefined, undefined, Buffer.from(JSON_TEXT), JSON_TEXT],
  ['UTF-8 with a byte order mark', undefined, undefined, Buffer.from(`\ufeff${JSON_TEXT}`), JSON_TEXT],
  ['UTF-16LE by its mark', undefined, undefined, utf16(`\ufeff${JSON_TEXT}`), JSON_TEXT],
  ['UTF-16BE by its mark', undefined, undefined, utf16(`\ufeff${JSON_TEXT}`, true), JSON_TEXT],
  ['UTF-16 by the content type', undefined, 'application/json; charset=UTF-16', utf16(JSON_TEXT), JSON_TEXT],
  ['UTF-16BE by the format', 'utf-16be', undefined, utf16(JSON_TEXT, true), JSON_TEXT],
  ['a mark is surer than the content type', undefined, 'application/json; charset=iso-8859-1', Buffer.from(`\ufeff${JSON_TEXT}`), JSON_TEXT],
  ['a mark is surer than the format', 'windows-1252', undefined, utf16(`\ufeff${JSON_TEXT}`), JSON_TEXT],
  ['the format counts more than the content type', 'utf-8', 'application/json; charset=iso-8859-1', Buffer.from(JSON_TEXT), JSON_TEXT],
  ['windows-1252 by the content type, quoted', undefined, 'application/json; charset="windows-1252"', western(WESTERN), WESTERN],
  ['iso-8859-1 means windows-1252', 'iso-8859-1', undefined, western(WESTERN), WESTERN],
  ['shift_jis', 'shift_jis', undefined, Buffer.concat([Buffer.from('["'), Buffer.of(0x93, 0xfa, 0x96, 0x7b), Buffer.from('"]')]), '["日本"]'],
  ['iso-8859-15', 'iso-8859-15', undefined, Buffer.concat([Buffer.from('["'), Buffer.of(0xa4), Buffer.from('"]')]), '["€"]'],
  ['us-ascii is UTF-8', undefined, 'application/json; charset=US-ASCII', Buffer.from(JSON_TEXT), JSON_TEXT],
  ['other parameters of the content type', undefined, 'application/json; profile=x;charset=utf-16le', utf16(JSON_TEXT), JSON_TEXT],
];

test.each(CASES)('reads %s, wherever chunks are cut', (_name, charset, contentType, bytes, text) => {
  for (let size = 1; size <= bytes.length; size++) {
    const { values } = scanFormat(charset === undefined ? undefined : { type: 'json', charset }, bytes, { contentType, chunk: () => size });
    expect(values).toEqual(JSON.parse(text));
  }
});

test('CSV and NDJSON in another charset', () => {
  expect(scanFormat({ type: 'csv', charset: 'windows-1252', delimiter: ';' }, western('Größe;Preis\n1;5 €\n')).values).toEqual([{ Größe: '1', Preis: '5 €' }]);
  expect(scanFormat({ type: 'csv' }, utf16('\ufeffa,b\r\n1,ü')).values).toEqual([{ a: '1', b: 'ü' }]);
  expect(scanFormat({ type: 'ndjson' }, utf16('\ufeff{"a":1}\n{"a":2}\n', true)).values).toEqual([{ a: 1 }, { a: 2 }]);
});

test('more than one piece of text is decoded whole', () => {
  const rows = Array.from({ length: 5000 }, (_, id) => ({ id, name: '日本語 é' }));
  expect(scanFormat({ type: 'json', charset: 'utf-16le' }, utf16(JSON.stringify(rows)), { chunk: () => 10_001 }).values).toEqual(rows);
});

describe('refuses', () => {
  test('bytes that are no text of the charset, with their place', () => {
    const response = Buffer.concat([utf16(`["${'x'.repeat(3000)}`), Buffer.of(0x00, 0xdc, 0x41, 0x00), utf16('"]')]);
    const offset = 2 * '["'.length + 6000;
    for (const size of [1, 7, 4096, response.length]) {
      const error = scanFormatError({ type: 'json', charset: 'utf-16le' }, response, { chunk: () => size });
      expect(error).toMatchObject({ code: 'MALFORMED_RESPONSE', retryable: true, message: expect.stringMatching(/not text in utf-16le: in the \d+ bytes from byte \d+ on; name its true charset/) });
      const [, bytes, from] = /in the (\d+) bytes from byte (\d+)/.exec(error.message)!.map(Number);
      expect(from).toBe(error.details.offset);
      expect(from).toBeLessThanOrEqual(offset + 2);
      expect(from + bytes).toBeGreaterThan(offset);
      expect(bytes).toBeLessThanOrEqual(1024);
    }
  });

  test('a text that ends within a character', () => {
    expect(scanFormatError({ type: 'json', charset: 'utf-16le' }, utf16('["x"]').subarray(0, -1)).message).toMatch(/not text in utf-16le: it ends within a character, at byte 9/);
  });

  test('UTF-8 that is none, with the very byte', () => {
    const bytes = western('[{"name":"é é Zoë"}]');
    for (const size of [1, 4, bytes.length]) {
      expect(scanFormatError(undefined, bytes, { chunk: () => size })).toMatchObject({ code: 'MALFORMED_RESPONSE', message: expect.stringContaining('name it in the source\'s format') });
    }
    expect(scanFormatError(undefined, bytes).details).toEqual({ offset: 10 });
  });

  test('a charset that nobody knows', () => {
    expect(scanFormatError(undefined, '[]', { contentType: 'application/json; charset=klingon' }))
      .toMatchObject({ code: 'UNSUPPORTED_CHARSET', retryable: false, message: expect.stringContaining('"klingon"') });
  });

  test('malformed JSON, and says that the offset counts decoded text', () => {
    expect(scanFormatError({ type: 'json', charset: 'utf-16le' }, utf16('[1,]')).message).toMatch(/at byte 3 of the text decoded from utf-16le to UTF-8$/);
  });
});
