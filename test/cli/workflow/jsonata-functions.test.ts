import { execute, machine, pass } from './support';

const valueOf = async (expression: string) => (await execute(machine({ S: pass(`{% ${expression} %}`) }))).outcome;

test.each<[string, unknown]>([
  ['$partition([1, 2, 3, 4, 5], 2)', [[1, 2], [3, 4], [5]]],
  ['$partition([], 2)', []],
  ['$range(1, 9, 4)', [1, 5, 9]],
  ['$range(3, 1, -1)', [3, 2, 1]],
  // What sha256sum and md5sum print.
  ["$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
  ["$parse('{\"a\": [1]}').a[0]", 1],
  ['$random(5) = $random(5)', true],
  ['$random(5) = $random(6)', false],
  ['$random() < 1', true],
  ['$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) ? true : false', true],
  ['$uuid() = $uuid()', false],
  ["$replace('{{a}} {{a}}', '{{a}}', 'b')", 'b b'],
])('%s', async (expression, output) => {
  expect(await valueOf(expression)).toEqual({ status: 'SUCCEEDED', output });
});

test.each([
  ["$eval('1')", /non-function/],
  ['$partition([1], 0)', /size of at least 1/],
  ['$range(1, 2, 0)', /other than 0/],
  ["$hash('abc', 'SHA-3')", /SHA-256/],
  ["$parse('{')", /JSON/],
  ['$parse(1)', /takes a string/],
])('%s is an error', async (expression, cause) => {
  expect(await valueOf(expression)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError', cause: expect.stringMatching(cause) as string });
});
