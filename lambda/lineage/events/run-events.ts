import { facet, Facets, PRODUCER, RunEvent, SCHEMA_URL } from './open-lineage';
import { runUuid } from './run-uuid';
import { StepJob, stepJobs } from './steps';
import { LineageConfig, LineageRequest } from '../../../src/spec/lineage-spec';

/** An event, and the job's name under the run's own, empty for the run itself. */
export interface NamedEvent {
  readonly job: string;
  readonly event: RunEvent;
}

interface Ended {
  readonly type: RunEvent['eventType'];
  readonly startedAt: string;
  readonly endedAt: string;
}

/**
 * A run is a job, and each of its steps is a job with that run as parent. The steps' events are told at the end with the
 * times they had, so that a step costs no call of its own.
 */
export function runEvents(config: LineageConfig, request: LineageRequest, now: string): NamedEvent[] {
  const { eventType } = request;
  if (eventType === 'START') {
    return [runEvent(config, request, 'START', request.run.startedAt)];
  }
  return [...stepEvents(config, request, now), runEvent(config, request, eventType, now)];
}

function runEvent(config: LineageConfig, request: LineageRequest, type: RunEvent['eventType'], eventTime: string): NamedEvent {
  const jobs = stepJobs(config, request);
  const [extract] = jobs;
  const event: RunEvent = {
    ...envelope(type, eventTime),
    run: { runId: parentRunId(request), facets: { ...runFacets(request), ...(type !== 'START' && errorFacet(request)) } },
    job: { namespace: config.namespace, name: jobName(config, request), facets: { jobType: jobType('WORKFLOW') } },
    inputs: extract!.inputs,
    outputs: jobs.flatMap(({ outputs }) => outputs),
  };
  return { job: 'run', event };
}

function stepEvents(config: LineageConfig, request: LineageRequest, now: string): NamedEvent[] {
  return stepJobs(config, request).flatMap((job) => {
    const ended = endOf(job, request, now);
    return ended === undefined ? [] : [stepEvent(config, request, job, ended, 'START'), stepEvent(config, request, job, ended, 'END')];
  });
}

function stepEvent(config: LineageConfig, request: LineageRequest, job: StepJob, ended: Ended, moment: 'START' | 'END'): NamedEvent {
  const type = moment === 'START' ? 'START' : ended.type;
  const parent = facet('ParentRunFacet', {
    run: { runId: parentRunId(request) },
    job: { namespace: config.namespace, name: jobName(config, request) },
  });
  const event: RunEvent = {
    ...envelope(type, moment === 'START' ? ended.startedAt : ended.endedAt),
    run: {
      runId: runUuid(request.run.executionArn, job.name),
      facets: { parent, ...runFacets(request), ...(type === 'FAIL' && errorFacet(request)) },
    },
    job: { namespace: config.namespace, name: `${jobName(config, request)}.${job.name}`, facets: { jobType: jobType('TASK'), ...job.facets } },
    inputs: job.inputs,
    outputs: job.outputs,
  };
  return { job: job.name, event };
}

/** How a step ended; undefined when the run ended before it began. Steps follow each other without a gap. */
function endOf({ step }: StepJob, { timeline = [], run, error, eventType }: LineageRequest, now: string): Ended | undefined {
  const index = timeline.findIndex((entry) => entry.step === step);
  const startedAt = (index === -1 ? timeline.at(-1) : timeline[index - 1])?.endedAt ?? run.startedAt;
  if (index !== -1) {
    return { type: 'COMPLETE', startedAt, endedAt: timeline[index]!.endedAt };
  }
  if (error?.step === step) {
    return { type: eventType === 'ABORT' ? 'ABORT' : 'FAIL', startedAt, endedAt: now };
  }
  return undefined;
}

const envelope = (eventType: RunEvent['eventType'], eventTime: string) => ({ eventType, eventTime, producer: PRODUCER, schemaURL: SCHEMA_URL });

const parentRunId = ({ run }: LineageRequest): string => runUuid(run.executionArn);

const jobName = ({ pipeline }: LineageConfig, { source }: LineageRequest): string => `${pipeline}.${source.source}`;

const jobType = (type: 'WORKFLOW' | 'TASK') =>
  facet('JobTypeJobFacet', { processingType: 'BATCH', integration: 'CDK_DATA_LAKE_PIPELINE', jobType: type });

function runFacets({ run }: LineageRequest): Facets {
  const parameters = [{ key: 'runId', value: run.runId }, { key: 'executionArn', value: run.executionArn }];
  return {
    executionParameters: facet('ExecutionParametersRunFacet', { parameters }),
    nominalTime: facet('NominalTimeRunFacet', { nominalStartTime: run.scheduledTime }),
  };
}

function errorFacet({ error }: LineageRequest): Facets {
  return error === undefined
    ? {}
    : { errorMessage: facet('ErrorMessageRunFacet', { message: `${error.step}: ${error.error}: ${error.cause}`, programmingLanguage: 'ASL' }) };
}
