import fc from 'fast-check';
import { Dependent, findCycle, following, inOrder } from '../../../src/transform/order-transforms';

const graph = (text: string): Dependent[] => text.split(' ').map((part) => {
  const [name, inputs] = part.split('<');
  return { name, inputs: inputs.split(',') };
});
const names = (transforms: readonly Dependent[]) => transforms.map(({ name }) => name).join(' ');

test('each comes after what it reads, else in the order they were added', () => {
  expect(names(inOrder(graph('c<b,raw b<a a<raw z<raw')))).toBe('a z b c');
});

test('a cycle is told as the way round', () => {
  expect(findCycle(graph('a<raw b<a,raw'))).toBeUndefined();
  expect(findCycle(graph('x<a a<c b<a c<raw,b'))).toEqual(['a', 'c', 'b', 'a']);
  expect(findCycle(graph('a<a'))).toEqual(['a', 'a']);
});

test('what follows a source is all that reads it, near or far', () => {
  const ordered = inOrder(graph('joined<one,two late<joined own<two'));
  expect(names(following('one', ordered))).toBe('joined late');
  expect(names(following('two', ordered))).toBe('joined own late');
  expect(names(following('three', ordered))).toBe('');
});

test('an order is whole if and only if there is no cycle', () => {
  const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 10 });
  fc.assert(fc.property(edges, (pairs) => {
    const transforms = Array.from({ length: 6 }, (_, i) => ({ name: `t${i}`, inputs: ['raw', ...pairs.filter(([to]) => to === i).map(([, from]) => `t${from}`)] }));
    const ordered = inOrder(transforms);
    expect(ordered.length === 6).toBe(findCycle(transforms) === undefined);
    const seen = new Set(['raw']);
    for (const { name, inputs } of ordered) {
      expect(inputs.filter((input) => !seen.has(input))).toEqual([]);
      seen.add(name);
    }
  }));
});
