import { IS_BACKFILL, IS_REPLAY } from './request';
import { RUN_ID_PATTERN } from '../../spec/run-result';
import { jsonata, Step } from '../asl';

/** ISO 8601 with seconds and a zone: what Scheduler and EventBridge send. */
const TIME = '/^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$/';

const matches = (value: string, pattern: string) => `$exists(${value}) ? $type(${value}) = 'string' ? $contains(${value}, ${pattern}) : false : true`;

const stamp = (time: string) => `$fromMillis($toMillis(${time}), '[Y0001][M01][D01]T[H01][m01][s01]Z')`;

/** As `datalake` names its runs: later ones sort after earlier ones. A scheduled time alone makes the name, so that a double fire makes the same. */
const RUN_ID = `${IS_BACKFILL} ? $backfill.id : ${IS_REPLAY} ? $stored.runId `
  + ': $exists($states.input.runId) ? $states.input.runId '
  + `: $exists($states.input.scheduledTime) ? ${stamp('$states.input.scheduledTime')} `
  + `: ${stamp('$states.context.Execution.StartTime')} & '-' & $substring($hash($states.context.Execution.Id, 'SHA-256'), 0, 6)`;

const SCHEDULED_TIME = `${IS_BACKFILL} ? $backfill.scheduledTime : $exists($states.input.scheduledTime) and $not(${IS_REPLAY}) ? $states.input.scheduledTime `
  + ': $states.context.Execution.StartTime';

/** Gives the run its identity, and every variable that a later step may read its first value. */
export const identifyStep: Step = {
  entry: 'Is the input valid?',
  states: (next) => ({
    'Is the input valid?': {
      Type: 'Choice',
      Choices: [{
        Condition: jsonata(`(${matches('$states.input.runId', `/${RUN_ID_PATTERN.source}/`)}) and (${matches('$states.input.scheduledTime', TIME)})`),
        Next: 'Identify the run',
      }],
      Default: 'Invalid input',
    },
    'Invalid input': {
      Type: 'Fail',
      Error: 'INPUT_INVALID',
      Cause: jsonata("'got ' & $string($states.input) & '; runId takes 1 to 80 letters, digits, hyphens and underscores, "
        + "scheduledTime a time such as 2025-06-30T04:00:00Z; one of runId, backfill and replay'"),
    },
    'Identify the run': {
      Type: 'Pass',
      Assign: {
        run: {
          runId: jsonata(RUN_ID),
          scheduledTime: jsonata(SCHEDULED_TIME),
          startedAt: jsonata('$states.context.Execution.StartTime'),
          executionArn: jsonata('$states.context.Execution.Id'),
        },
        result: {},
        crawl: { polls: 0 },
        progress: { pages: -1, records: -1, idle: 0 },
        quality: [],
        transforms: [],
        timeline: [],
      },
      Next: next,
    },
  }),
};
