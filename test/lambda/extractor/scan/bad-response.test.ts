import { scan, scanError } from '../../../support/scan';

test.each([
  ['a comma before the closing brace', '[{"a":1,}]', 8],
  ['a key without quotes', '[{a:1}]', 2],
  ['a missing colon', '[{"a" 1}]', 6],
  ['a leading zero', '[{"a":01}]', 7],
  ['a control character in a string', '[{"a":"\x01"}]', 7],
  ['a line break in a string', '[{"a":"\n"}]', 7],
  ['a NUL in a string', '[{"a":"\0"}]', 7],
  ['a NUL between tokens', '[1,\0 2]', 3],
  ['bytes after the root', '[{"a":1}]x', 9],
  ['a second root', '[1][2]', 3],
  ['a comma before the closing bracket', '[{"a":1},]', 9],
  ['a number that starts with a dot', '[{"a":.5}]', 6],
  ['a number that ends with a dot', '[{"a":5.}]', 8],
  ['an exponent without digits', '[{"a":5e+}]', 9],
  ['a lone minus', '[-]', 2],
  ['a plus', '[+1]', 1],
  ['NaN', '[{"a":NaN}]', 6],
  ['an unknown escape', '[{"a":"\\x"}]', 8],
  ['an escape of three hexadecimal digits', '[{"a":"\\u12g4"}]', 11],
  ['a missing comma', '[1 2]', 3],
  ['an unfinished literal', '[{"a":tru}]', 9],
  ['a literal that goes on', '[truex]', 5],
  ['a bracket closed by a brace', '[1}', 2],
  ['single quotes', "['a']", 1],
  ['a byte order mark in the middle', '[1,\ufeff2]', 3],
  ['HTML', '<html>', 0],
])('refuses %s, with its offset', (_name, response, offset) => {
  for (const size of [1, 3, 1000]) {
    const error = scanError(response, { chunk: () => size });
    expect(error).toMatchObject({ code: 'MALFORMED_RESPONSE', retryable: true, details: { offset } });
    expect(error.message).toContain(`at byte ${offset}`);
  }
});

test.each(['[{"a":1}', '[{"a":1},', '[{"a":"x', '[{"a":"\\u00', '[1', '[', '{"a":{', '[tr', '[{"a"', '[1e'])('refuses %s, which is cut', (response) => {
  for (const size of [1, 1000]) {
    expect(scanError(response, { chunk: () => size })).toMatchObject({ code: 'MALFORMED_RESPONSE', retryable: true });
  }
});

test.each(['', ' \n', '\ufeff'])('refuses an empty body (%j)', (response) => {
  expect(scanError(response).message).toContain('the body is empty');
});

test.each([
  ['a wrong continuation', [0xc3, 0x28]],
  ['an overlong form', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['a byte that never stands in UTF-8', [0xff]],
  ['a lone continuation', [0x80]],
  ['a sequence cut by the quote', [0xf0, 0x9f, 0x98]],
])('refuses %s, wherever chunks are cut', (_name, sequence) => {
  const response = Buffer.concat([Buffer.from('[{"a":"'), Buffer.from(sequence), Buffer.from('"}]')]);
  for (let size = 1; size <= response.length; size++) {
    expect(scanError(response, { chunk: () => size })).toMatchObject({ code: 'MALFORMED_RESPONSE', message: expect.stringContaining('UTF-8') });
  }
});

test('refuses a response that ends within a UTF-8 sequence', () => {
  const response = Buffer.from('["é').subarray(0, -1);
  expect(scanError(response).message).toContain('UTF-8');
});

const nested = (depth: number, open: string, close: string) => `[${open.repeat(depth)}1${close.repeat(depth)}]`;

test.each([['[', ']'], ['{"a":', '}']])('takes a record of 512 levels of %s and refuses one of 513', (open, close) => {
  expect(scan(nested(512, open, close)).records).toHaveLength(1);
  expect(scanError(nested(513, open, close)).message).toContain('nested deeper than 512 levels');
});

test('refuses an envelope of 513 levels, and one without end', () => {
  const envelope = (depth: number) => `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)},"r":[]}`;
  expect(scan(envelope(512), { records: '$.r' }).records).toEqual([]);
  expect(scanError(envelope(513), { records: '$.r' }).message).toContain('nested deeper');
  expect(scanError('{"x":'.repeat(100_000), { records: '$.r' }).message).toContain('nested deeper');
});

test('never shows a piece of the response in the error', () => {
  expect(scanError('[{"token":"s3cr3t"oops}]').message).not.toMatch(/s3cr3t|oops/);
});

test('takes a byte order mark at the start, in one chunk or cut', () => {
  for (const size of [1, 2, 3, 4, 100]) {
    expect(scan('\ufeff[1]', { chunk: () => size }).records).toEqual(['1']);
  }
});

test('refuses a numeral of a million digits, zeros or not, as any other: by what follows it', () => {
  for (const numeral of ['9'.repeat(1e6), `0.${'0'.repeat(5e5)}1${'0'.repeat(5e5)}1`, `1e${'0'.repeat(1e6)}1`]) {
    expect(scan(`[${numeral}]`, { maxRecordBytes: 2e6 }).schema.glueColumns()).toEqual([{ name: 'value', type: 'string' }]);
    expect(scanError(`[${numeral}x]`, { maxRecordBytes: 2e6 }).code).toBe('MALFORMED_RESPONSE');
  }
});
