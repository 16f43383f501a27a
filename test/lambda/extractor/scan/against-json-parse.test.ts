import { randomNumbers, scan } from '../../../support/scan';

const DOCUMENTS = 50_000;
const INTERESTING = '{}[],:"\\ntfu0123456789.eE+-ax \n\t\r\u0001\u00e9';
const NUMERALS = ['0', '-0', '12', '-3.50', '1e5', '1E400', '9223372036854775808', '2147483648', '0.1e-7', '123456789012345678901234567890'];
const STRINGS = ['', 'a', 'é€😀', 'q"\\\n/\u2028', '\ud800', 'x'.repeat(39)];
const KEYS = ['a', 'b', 'ü', 'a"b', '\\u0061', '__proto__', ''];

const random = randomNumbers(88172645);
const pick = <T>(values: readonly T[]): T => values[random(values.length)];
const several = (below: number, make: () => string) => Array.from({ length: random(below) }, make);

function value(depth: number): string {
  switch (random(depth > 4 ? 5 : 8)) {
    case 0: return 'null';
    case 1: return pick(['true', 'false']);
    case 2: return pick(NUMERALS);
    case 3:
    case 4: return JSON.stringify(pick(STRINGS));
    case 5: return `[${several(4, () => value(depth + 1)).join(pick([',', ' ,\r\n']))}]`;
    default: return `{${several(5, () => JSON.stringify(pick(KEYS)) + pick([':', '\t: ']) + value(depth + 1)).join(',')}}`;
  }
}

function mutated(document: string): string {
  for (let left = random(3); left > 0; left--) {
    const at = random(document.length);
    const inserted = pick(['', pick([...INTERESTING])]);
    document = document.slice(0, at) + inserted + document.slice(at + random(2));
  }
  return document;
}

function parsed(document: string): unknown[] | undefined {
  try {
    const root = JSON.parse(document);
    if (root === null) {
      return []; // how some servers write an empty list
    }
    return Array.isArray(root) ? root : typeof root === 'object' ? [root] : undefined;
  } catch {
    return undefined;
  }
}

function scanned(document: string): unknown[] | undefined {
  try {
    return scan(document, { chunk: () => 1 + random(12) }).records.map((record) => JSON.parse(record));
  } catch (error) {
    if (['MALFORMED_RESPONSE', 'RECORDS_PATH_MISSING'].includes((error as { code: string }).code)) {
      return undefined;
    }
    throw error;
  }
}

test(`accepts what JSON.parse accepts, and only that, in ${DOCUMENTS} mutated documents cut anywhere`, () => {
  const outcomes = { accepted: 0, refused: 0 };
  for (let round = 0; round < DOCUMENTS; round++) {
    const document = Buffer.from(mutated(`[${[value(0), ...several(3, () => value(0))].join(',')}]`)).toString();
    const expected = parsed(document);
    const got = scanned(document);
    if (JSON.stringify(got) !== JSON.stringify(expected)) {
      throw new Error(`differs for ${JSON.stringify(document)}: got ${JSON.stringify(got)}, JSON.parse ${JSON.stringify(expected)}`);
    }
    outcomes[expected ? 'accepted' : 'refused']++;
  }
  // The fuzzer itself works: it makes both kinds in plenty.
  expect(outcomes.accepted).toBeGreaterThan(DOCUMENTS / 5);
  expect(outcomes.refused).toBeGreaterThan(DOCUMENTS / 5);
});
