import { DATA_QUALITY_ENTRY, dataQualityStates } from './data-quality';
import { qualityResultKey } from '../../spec/object-keys';
import { athenaQuery, catchAll, fail, integration, jsonata, retryAll, Step } from '../asl';

const STEP = 'quality';

/** Whether there is a table to look at: a source that has never stored a record has none. */
const HAS_TABLE = '$table.hasData';

/** One row a rule, in the order of the plan; the first row of the result is its heading. */
const VERDICTS = `[$map($plan.quality.rules, function($rule, $i) {(
  $row := $states.result.ResultSet.Rows[$i + 1].Data;
  {'name': $rule.name, 'level': $rule.level, 'passed': $row[1].VarCharValue = 'true', 'actual': $row[2].VarCharValue, 'expected': $rule.expected}
)})]`;

const FAILED = "$quality[level = 'ERROR' and passed = false]";

/** The key with variables where its parts stand. */
const KEY = jsonata(qualityResultKey('<source>', '<run>').split(/(<source>|<run>)/)
  .map((part) => (part === '<source>' ? '$plan.source' : part === '<run>' ? '$run.runId' : `'${part}'`)).join(' & '));

/** Checks the run's partition by the source's rules, stores what was found, and stops the run where an ERROR rule fails. */
export function qualityStep(partition: string, withGlue: boolean): Step {
  const tryAgain = { Retry: retryAll(), Catch: catchAll(STEP) };
  return {
    entry: 'Is there anything to check?',
    states: (next) => ({
      'Is there anything to check?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata(`$exists($plan.quality.statement) and ${HAS_TABLE}`), Next: 'Check the quality' },
          ...(withGlue ? [{ Condition: jsonata(`$exists($plan.quality.evaluation) and ${HAS_TABLE}`), Next: DATA_QUALITY_ENTRY }] : []),
        ],
        Default: next,
      },
      'Check the quality': {
        ...athenaQuery(partition, '$plan.quality.statement'),
        ...tryAgain,
        Assign: { queryId: jsonata('$states.result.QueryExecution.QueryExecutionId') },
        Next: 'Read the verdicts',
      },
      'Read the verdicts': {
        Type: 'Task',
        Resource: integration(partition, 'aws-sdk:athena:getQueryResults'),
        Arguments: { QueryExecutionId: jsonata('$queryId') },
        ...tryAgain,
        Assign: { quality: jsonata(VERDICTS) },
        Next: 'Store the verdicts',
      },
      ...(withGlue ? dataQualityStates(partition, 'Store the verdicts') : {}),
      'Store the verdicts': {
        Type: 'Task',
        Resource: integration(partition, 'aws-sdk:s3:putObject'),
        Arguments: {
          Bucket: jsonata('$plan.bucket'),
          Key: KEY,
          ContentType: 'application/json',
          Body: {
            source: jsonata('$plan.source'), runId: jsonata('$run.runId'), partition: jsonata('$result.partition'), rules: jsonata('$quality'),
          },
        },
        ...tryAgain,
        Next: 'Does the quality hold?',
      },
      'Does the quality hold?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata(`$count(${FAILED}) = 0`), Next: next }],
        Default: 'The quality does not hold',
      },
      'The quality does not hold': fail(STEP, 'QUALITY_FAILED',
        `$join($map([${FAILED}], function($rule) { $rule.name & ' (expected: ' & $rule.expected & '; found: ' & $rule.actual & ')' }), ', ')`),
    }),
  };
}
