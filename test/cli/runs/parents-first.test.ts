import { Pipeline, Selected, Source } from '../../../cli/assembly/lake-model';
import { CommandError } from '../../../cli/errors';
import { parentsFirst, refuseAfterParent } from '../../../cli/runs/parents-first';

const LAKE = { path: 'Lake' } as Pipeline;

/** A source of a pipeline, written `name` or `name<parent`. */
const selected = (text: string, pipeline = LAKE): Selected => {
  const [name, parent] = text.split('<');
  return { pipeline, source: { name, parent } as Source };
};
const ordered = (...texts: string[]) => parentsFirst(texts.map((text) => selected(text))).map(({ source }) => source.name);

test('parents come before their children, all others stay where they were', () => {
  expect(ordered('a', 'issues<repos', 'b', 'repos', 'c')).toEqual(['a', 'repos', 'issues', 'b', 'c']);
  expect(ordered('comments<issues', 'issues<repos', 'repos')).toEqual(['repos', 'issues', 'comments']);
  expect(ordered('repos', 'x', 'issues<repos')).toEqual(['repos', 'x', 'issues']);
});

test('a parent that was not asked for is not run', () => {
  expect(ordered('issues<repos', 'a')).toEqual(['issues', 'a']);
});

test('a source of the same name in another pipeline is no parent', () => {
  const other = selected('repos', { path: 'Other' } as Pipeline);
  const child = selected('issues<repos');
  expect(parentsFirst([child, other])).toEqual([child, other]);
});

test('a child of a parent that failed is refused, its own children too', () => {
  const failures = [{ source: 'repos', error: new CommandError('HTTP_403', 'no') }];
  expect(() => refuseAfterParent(selected('users'), failures)).not.toThrow();
  expect(() => refuseAfterParent(selected('issues<repos'), failures)).toThrow(/"issues" was not run, because its parent "repos" failed \(HTTP_403\)/);
  const issues = { source: 'issues', error: new CommandError('PARENT_FAILED', 'no') };
  expect(() => refuseAfterParent(selected('comments<issues'), [...failures, issues])).toThrow(/"comments" was not run, because its parent "issues" failed \(PARENT_FAILED\)/);
});
