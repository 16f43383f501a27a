import * as fc from 'fast-check';
import { transform } from './support';
import { TransformSpec } from '../../../../src/spec';
import { transformProblems } from '../../../../src/spec/validate-transforms';

/** JSON as tokens: numbers as they are written, members in order and perhaps doubled. */
type Tree = string | { readonly list: Tree[] } | { readonly members: [key: string, value: Tree][] };

const KEYS = ['a', 'b', 'c', 'a.b', '"', '\\', 'é'];
const SCALARS = ['null', 'true', '1.10', '-0', '9007199254740993123', '1E400', '""', '"a"', '"}],{"', '"\\\\"', '"\\"\\u00e9,"', '"é😀"'];

const { record } = fc.letrec<{ value: Tree; record: Tree }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...SCALARS),
    fc.array(tie('value'), { maxLength: 3 }).map((list): Tree => ({ list })),
    tie('record'),
  ),
  record: fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 5 }).map((members) => ({ members: members as [string, Tree][] })),
}));

const step = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, { weight: 1, arbitrary: fc.constant(null) });
const path = fc.array(step, { minLength: 1, maxLength: 3 })
  .map((steps) => `$${steps.map((key) => (key === null ? '[*]' : `['${key.replace(/[\\']/g, '\\$&')}']`)).join('')}`);
const transforms = fc.array(fc.oneof<fc.Arbitrary<TransformSpec>[]>(
  path.map((at) => ({ type: 'drop', path: at })),
  fc.tuple(path, fc.constantFrom(...KEYS, 'new')).map(([at, name]) => ({ type: 'rename', path: at, name })),
  path.map((at) => ({ type: 'mask', path: at })),
), { minLength: 1, maxLength: 4 }).filter((specs) => transformProblems(specs).length === 0);

/** Writes it down, with white space between the tokens. */
function write(tree: Tree, space: () => string): string {
  if (typeof tree === 'string') {
    return tree;
  }
  const around = (text: string) => space() + text + space();
  return 'list' in tree
    ? `[${tree.list.map((item) => around(write(item, space))).join(',')}]`
    : `{${tree.members.map(([key, value]) => `${around(JSON.stringify(key))}:${around(write(value, space))}`).join(',')}}`;
}

/** The slow and obvious way: one place at a time. */
function expected(tree: Tree, specs: readonly TransformSpec[], at: string): Tree {
  if (typeof tree === 'string') {
    return tree;
  }
  if ('list' in tree) {
    return { list: tree.list.map((item) => expected(item, specs, `${at}[*]`)) };
  }
  const original: string[] = [];
  const renamed: string[] = [];
  const members = tree.members.flatMap(([key, value]): [string, Tree][] => {
    const place = `${at}['${key.replace(/[\\']/g, '\\$&')}']`;
    const here = specs.filter((spec) => spec.path === place);
    if (here.some(({ type }) => type === 'drop')) {
      return [];
    }
    const name = here.flatMap((spec) => (spec.type === 'rename' ? [spec.name] : []))[0];
    (name === undefined ? original : renamed).push(name ?? key);
    return [[name ?? key, here.some(({ type }) => type === 'mask') ? maskedTree(value) : expected(value, specs, place)]];
  });
  if (renamed.some((name) => original.includes(name))) {
    throw new Error('collision');
  }
  return { members };
}

function maskedTree(tree: Tree): Tree {
  if (typeof tree !== 'string') {
    return '"***"';
  }
  const text = tree.startsWith('"') ? JSON.parse(tree) as string : tree;
  return tree === 'null' ? tree : `"${'*'.repeat([...text].length)}"`;
}

test('any transforms of any record change the places they name, and not a byte elsewhere', async () => {
  let collisions = 0;
  await fc.assert(fc.asyncProperty(record, transforms, fc.array(fc.constantFrom('', ' ', '\n\t', '\r\n'), { minLength: 1 }), async (tree, specs, spaces) => {
    let n = 0;
    const sent = write(tree, () => spaces[n++ % spaces.length]);
    let stored: string;
    try {
      stored = write(expected(tree, specs, '$'), () => '');
    } catch {
      collisions++;
      await expect(transform(sent, ...specs)).rejects.toMatchObject({ code: 'RENAME_COLLISION' });
      return;
    }
    // No text of the test holds white space: all of it stands between the tokens.
    expect((await transform(sent, ...specs)).text.replace(/\s/g, '')).toBe(stored);
  }), { numRuns: 3000, seed: 20261123 });
  expect(collisions).toBeGreaterThan(10);
});
