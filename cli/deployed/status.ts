import { GetTableCommand } from '@aws-sdk/client-glue';
import { DescribeExecutionCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { callAws, isAwsError } from './aws-error';
import { DeployedStack } from './deployed-stack';
import { Claim, LakeObjects } from './lake-objects';
import { quarantinePrefix, runResultPrefix, stateKey } from '../../src/spec/object-keys';
import { RunResult } from '../../src/spec/run-result';
import { SourceState } from '../../src/spec/source-state';
import { WorkflowError } from '../../src/spec/workflow-plan';
import { Selected } from '../assembly/lake-model';
import { ExecutionSummary, SourceStatus, StatusReport } from '../render/results';

/** What the lake's own records and Step Functions say of each source. */
export async function statusDeployed(selected: readonly Selected[]): Promise<StatusReport> {
  const sources: SourceStatus[] = [];
  const buckets = new Set<string>();
  for (const one of selected) {
    const stack = new DeployedStack(one.pipeline.stack);
    const lake = await LakeObjects.of(stack, one.source);
    buckets.add(`s3://${lake.bucket}`);
    sources.push(await sourceStatus(one, stack, lake));
  }
  return { kind: 'status', lake: [...buckets].join(', '), sources };
}

async function sourceStatus({ pipeline, source }: Selected, stack: DeployedStack, lake: LakeObjects): Promise<SourceStatus> {
  const [state, claim, lastRun, quarantine, catalogued] = await Promise.all([
    lake.json<SourceState>(stateKey(source.name)),
    lake.lastClaim(source.name),
    newestRun(lake, source.name),
    lake.list(quarantinePrefix(source.name)),
    hasTable(stack, lake.database, source.name),
  ]);
  const lastExecution = claim && await executionOf(stack, claim);
  return {
    source: source.name,
    pipeline: pipeline.path,
    database: lake.database,
    table: source.name,
    catalogued,
    lastRun,
    openRun: lastExecution?.status === 'RUNNING' ? undefined : interrupted(state),
    quarantineObjects: quarantine.length,
    lastExecution,
  };
}

/** A run whose lease lives is under way in a function that was invoked by hand. */
const interrupted = (state: SourceState | undefined): string | undefined =>
  (state?.open && Date.parse(state.open.leaseUntil) < Date.now() ? state.open.runId : undefined);

async function newestRun(lake: LakeObjects, source: string): Promise<SourceStatus['lastRun']> {
  const newest = await lake.newest(runResultPrefix(source));
  const result = newest && await lake.json<RunResult>(newest.key);
  return result && newest && { runId: result.runId, records: result.records, partition: result.partition, finishedAt: newest.modified.toISOString() };
}

async function hasTable(stack: DeployedStack, database: string, table: string): Promise<boolean> {
  try {
    await callAws(`read table ${database}.${table}`, () => stack.glue.send(new GetTableCommand({ DatabaseName: database, Name: table })));
    return true;
  } catch (error) {
    if (isAwsError(error, 'EntityNotFoundException')) {
      return false;
    }
    throw error;
  }
}

/** Undefined for one that Step Functions has forgotten, after 90 days. */
async function executionOf(stack: DeployedStack, { runId, executionArn }: Claim): Promise<ExecutionSummary | undefined> {
  try {
    const { status = 'RUNNING', stopDate, error, cause } = await callAws(`read execution ${executionArn}`, () =>
      stack.sfn.send(new DescribeExecutionCommand({ executionArn })));
    const facts = { runId, status: status === 'PENDING_REDRIVE' ? 'FAILED' as const : status, history: executionArn, endedAt: stopDate?.toISOString() };
    return facts.status === 'RUNNING' || facts.status === 'SUCCEEDED' ? facts : { ...facts, error, cause, ...await failedStep(stack, executionArn) };
  } catch (error) {
    if (isAwsError(error, 'ExecutionDoesNotExist')) {
      return undefined;
    }
    throw error;
  }
}

/** What the failed step said: the workflow keeps it in a variable, shortly before it ends. */
async function failedStep(stack: DeployedStack, executionArn: string): Promise<WorkflowError | undefined> {
  const command = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 100 });
  const { events = [] } = await callAws(`read the history of ${executionArn}`, () => stack.sfn.send(command));
  const told = events.map(({ stateExitedEventDetails }) => stateExitedEventDetails?.assignedVariables?.error).find((error) => error !== undefined);
  return told === undefined ? undefined : JSON.parse(told) as WorkflowError;
}
