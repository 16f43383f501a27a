import { catchAll, fail, INGESTION_DATE, integration, jsonata, retryAll, States } from '../asl';

const STEP = 'quality';

/** An evaluation takes minutes. */
const POLL_SECONDS = 20;

/** Glue's own are 48 hours: more looks than an execution's history has events. */
const TIMEOUT_MINUTES = 240;

/** Glue names results by the position of their rule, from 1. */
const VERDICTS = `[$map($plan.quality.rules, function($rule, $i) {(
  $found := $states.result.RuleResults[Name = 'Rule_' & $string($i + 1)];
  {'name': $rule.name, 'level': $rule.level, 'passed': $found.Result = 'PASS', 'expected': $rule.expected,
    'actual': $exists($found.EvaluationMessage) ? $found.EvaluationMessage : $exists($found.Result) ? $found.Result : 'no result'}
)})]`;

export const DATA_QUALITY_ENTRY = 'Start the evaluation';

/** Evaluates the ruleset of Glue Data Quality over the run's partition. */
export function dataQualityStates(partition: string, next: string): States {
  const call = (action: string, args: object) => ({
    Type: 'Task', Resource: integration(partition, `aws-sdk:glue:${action}`), Arguments: args, Retry: retryAll(), Catch: catchAll(STEP),
  });
  return {
    [DATA_QUALITY_ENTRY]: {
      ...call('startDataQualityRulesetEvaluationRun', {
        DataSource: {
          GlueTable: {
            DatabaseName: jsonata('$plan.database'),
            TableName: jsonata('$plan.table'),
            AdditionalOptions: { pushDownPredicate: jsonata(`"ingestion_date = '" & ${INGESTION_DATE} & "'"`) },
          },
        },
        Role: jsonata('$plan.quality.evaluation.roleArn'),
        RulesetNames: jsonata('[$plan.quality.evaluation.ruleset]'),
        Timeout: TIMEOUT_MINUTES,
      }),
      Assign: { evaluation: { runId: jsonata('$states.result.RunId') } },
      Next: 'Wait for the evaluation',
    },
    'Wait for the evaluation': { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'Look at the evaluation' },
    'Look at the evaluation': {
      ...call('getDataQualityRulesetEvaluationRun', { RunId: jsonata('$evaluation.runId') }),
      Assign: {
        evaluation: {
          runId: jsonata('$evaluation.runId'),
          status: jsonata('$states.result.Status'),
          result: jsonata("$exists($states.result.ResultIds) ? $states.result.ResultIds[0] : ''"),
          error: jsonata("$exists($states.result.ErrorString) ? $states.result.ErrorString : 'no reason was given'"),
        },
      },
      Next: 'Is the evaluation over?',
    },
    'Is the evaluation over?': {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata("$evaluation.status = 'SUCCEEDED'"), Next: 'Read the evaluation' },
        { Condition: jsonata("$evaluation.status in ['STARTING', 'RUNNING', 'STOPPING']"), Next: 'Wait for the evaluation' },
      ],
      Default: 'The evaluation failed',
    },
    'The evaluation failed': fail(STEP, 'EVALUATION_FAILED', "'evaluation run ' & $evaluation.runId & ' is ' & $evaluation.status & ': ' & $evaluation.error"),
    'Read the evaluation': {
      ...call('getDataQualityResult', { ResultId: jsonata('$evaluation.result') }),
      Assign: { quality: jsonata(VERDICTS) },
      Next: next,
    },
  };
}
