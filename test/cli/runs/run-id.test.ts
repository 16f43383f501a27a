import { newRunId } from '../../../cli/runs/run-id';
import { RUN_ID_PATTERN } from '../../../src/spec/run-result';

test('reads as its time, and is a run id that the extractor takes', () => {
  const id = newRunId(new Date('2026-11-23T15:48:00.123Z'), 'ab12cd');
  expect(id).toBe('20261123T154800Z-ab12cd');
  expect(newRunId()).toMatch(RUN_ID_PATTERN);
});

test('differs in the same second', () => {
  const now = new Date();
  expect(newRunId(now)).not.toBe(newRunId(now));
});
