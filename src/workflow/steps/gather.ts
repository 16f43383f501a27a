import { BACKFILL_ENTRY, backfillStates } from './backfill';
import { EXTRACT_ENTRY, extractStates } from './extract';
import { IS_BACKFILL, IS_REPLAY } from './request';
import { jsonata, Step } from '../asl';

/** Brings the records into the lake: by a run, or by the windows of a backfill. Those of a run that is replayed are there. */
export function gatherStep(partition: string, catalogFunctionArn: string, withBackfill: boolean): Step {
  return {
    entry: 'Where are the records?',
    states: (next) => ({
      'Where are the records?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata(IS_REPLAY), Next: 'Take the stored run' },
          ...(withBackfill ? [{ Condition: jsonata(IS_BACKFILL), Next: BACKFILL_ENTRY }] : []),
        ],
        Default: EXTRACT_ENTRY,
      },
      'Take the stored run': { Type: 'Pass', Assign: { result: jsonata('$stored') }, Next: next },
      ...extractStates(partition, next),
      ...(withBackfill ? backfillStates(partition, catalogFunctionArn, next) : {}),
    }),
  };
}
