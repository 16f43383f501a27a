import { Redactor } from '../../../lambda/extractor/redact';

const SECRET = 'tok/en+with="signs" & ümlaut';

function redactor(...secrets: string[]): Redactor {
  const made = new Redactor();
  secrets.forEach((secret) => made.add(secret));
  return made;
}

test.each([
  SECRET,
  'tok%2Fen%2Bwith%3D%22signs%22%20%26%20%C3%BCmlaut',
  'tok%2fen%2bwith%3d%22signs%22%20%26%20%c3%bcmlaut',
  'tok%252Fen%252Bwith%253D%2522signs%2522%2520%2526%2520%25C3%25BCmlaut',
  'tok%2Fen%2Bwith%3D%22signs%22+%26+%C3%BCmlaut',
  'tok\\/en+with=\\"signs\\" & \\u00fcmlaut',
  'tok/en\\u002Bwith=\\u0022signs\\u0022 \\u0026 \\u00FCmlaut',
  'tok/en+with=\\\\\\"signs\\\\\\" & ümlaut',
  'tok/en+with=&quot;signs&quot; &amp; ümlaut',
  'tok&#47;en&#x2B;with=&#34;signs&#34; &#038; &#xFC;mlaut',
])('a secret is found as %s', (form) => {
  expect(redactor(SECRET).redact(`before ${form} after`)).toBe('before *** after');
});

test.each([0, 1, 2, 3, 4])('in base64 nothing of it can be read, %i bytes after the beginning', (before) => {
  const clean = redactor(SECRET).redact(Buffer.from(`${'x'.repeat(before)}${SECRET}yz`).toString('base64'));
  expect(clean).toContain('***');
  expect(Buffer.from(clean.replace(/\*\*\*/g, ''), 'base64').toString('latin1')).not.toMatch(/en|with|signs|mlaut/);
});

test('a secret that contains another one leaves no rest', () => {
  expect(redactor('abcd', 'abcdefgh').redact('abcdefgh abcd')).toBe('*** ***');
});

test('an empty secret hides nothing', () => {
  expect(redactor('').redact('text')).toBe('text');
});

test('fields are redacted one by one: JSON in a text, names, lists; numbers stay, and no secret breaks them', () => {
  const fields = { page: 12, body: '{"echo":"say \\"2\\""}', list: [{ 'x-say "2"': 'say "2"' }], none: null };
  expect(redactor('12', 'say "2"').redactFields(fields)).toEqual({ page: 12, body: '{"echo":"***"}', list: [{ 'x-***': '***' }], none: null });
});

test('a text that nearly matches everywhere takes no time', () => {
  const hostile = redactor('""""""""""""""""x');
  const start = performance.now();
  hostile.redact(`${'\\'.repeat(20_000)}${'"'.repeat(20_000)}${'%25'.repeat(5_000)}`);
  expect(performance.now() - start).toBeLessThan(2_000);
});
