import { TransformSpec } from '../../../src/spec';
import { transformProblems } from '../../../src/spec/validate-transforms';

const secret = { secretArn: 'arn' };
const problems = (...transforms: TransformSpec[]) => transformProblems(transforms).map(({ property, fix }) => `${property}: ${fix}`);

test.each<[string, TransformSpec[]]>([
  ['each kind', [{ type: 'drop', path: '$.a' }, { type: 'rename', path: '$.b', name: 'x' }, { type: 'hash', path: '$.c', secret }, { type: 'mask', path: '$.d.e[*].f', keepLast: 4 }]],
  ['a field hashed and renamed', [{ type: 'hash', path: '$.a', secret }, { type: 'rename', path: '$.a', name: 'b' }]],
  ['a field renamed and masked, by another spelling', [{ type: 'rename', path: "$['a']", name: 'b' }, { type: 'mask', path: '$.a' }]],
  ['fields below a renamed one', [{ type: 'rename', path: '$.a', name: 'b' }, { type: 'drop', path: '$.a.c' }]],
  ['the same new name in different objects', [{ type: 'rename', path: '$.a.x', name: 'n' }, { type: 'rename', path: '$.b.x', name: 'n' }]],
])('%s is good', (_name, transforms) => {
  expect(problems(...transforms)).toEqual([]);
});

test.each<[string, TransformSpec[], RegExp]>([
  ['a path that is none', [{ type: 'drop', path: 'email' }], /^transforms\[0\]\.path: a JSONPath starts with/],
  ['the record itself', [{ type: 'drop', path: '$' }], /^transforms\[0\]\.path: name a field of the record/],
  ['elements of a list', [{ type: 'mask', path: '$.a[*]' }], /^transforms\[0\]\.path: name a field of the record/],
  ['an empty name', [{ type: 'rename', path: '$.a', name: '' }], /^transforms\[0\]\.name: give the field its new name/],
  ['less than nothing shown', [{ type: 'mask', path: '$.a', keepLast: -1 }], /^transforms\[0\]\.keepLast: use 0/],
  ['a part of a character shown', [{ type: 'mask', path: '$.a', keepLast: 1.5 }], /^transforms\[0\]\.keepLast: use 0/],
  ['an unknown kind', [{ type: 'encrypt', path: '$.a' } as never], /^transforms\[0\]\.type: use one of drop, rename, hash, mask/],
  ['the same place twice', [{ type: 'drop', path: '$.a' }, { type: 'mask', path: "$['a']" }], /^transforms\[1\]\.path: a field is dropped.*transforms\[0\]/],
  ['hashed and masked', [{ type: 'hash', path: '$.a', secret }, { type: 'mask', path: '$.a' }], /^transforms\[1\]\.path: .*once each/],
  ['renamed twice', [{ type: 'rename', path: '$.a', name: 'b' }, { type: 'rename', path: '$.a', name: 'c' }], /^transforms\[1\]\.path: .*once each/],
  ['below a dropped field', [{ type: 'drop', path: '$.a' }, { type: 'hash', path: '$.a.b', secret }], /^transforms\[1\]\.path: nothing is left/],
  ['above a field', [{ type: 'hash', path: '$.a[*].b', secret }, { type: 'mask', path: '$.a' }], /^transforms\[1\]\.path: nothing is left/],
  ['two fields of one new name', [{ type: 'rename', path: '$.a', name: 'n' }, { type: 'rename', path: '$.b', name: 'n' }], /^transforms\[1\]\.path: two fields of one object/],
])('%s is told', (_name, transforms, expected) => {
  const told = problems(...transforms);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(expected);
});
