import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { SecretReader, TokenCache } from './auth';
import { readBackfill } from './backfill';
import { readConfig } from './config';
import { ExtractorError } from './errors';
import { invocationNames, Meter, publishMetrics } from './metrics';
import { Redactor } from './redact';
import { RunIdentity, runExtraction } from './run';
import { S3LakeStore } from './store';
import { RedriveRequest, RUN_ID_PATTERN, RunRequest, RunResult } from '../../src/spec';

const logger = new Logger({ serviceName: 'extractor' });
// Kept over warm invocations: connections to S3, secrets already read and tokens that are still good.
const redactor = new Redactor();
const secrets = new SecretReader();
const tokens = new TokenCache();
let store: S3LakeStore | undefined;

/** Lambda's entry point: extracts one source until it is done or time runs out. */
export async function handler(event: RunRequest | undefined, context: Context): Promise<RunResult> {
  const meter = new Meter();
  const names = invocationNames(process.env);
  let runId: string | undefined;
  let failure: ExtractorError | undefined;
  logger.appendKeys({ ...names });
  try {
    const config = readConfig(process.env);
    const request = readRequest(event, context);
    ({ runId } = request);
    logger.appendKeys({ runId });
    const backfill = readBackfill(event, config.spec);
    return await runExtraction(config, { ...request, backfill }, {
      store: store ??= new S3LakeStore({ bucket: config.bucket }),
      openBucket: (bucket) => new S3LakeStore({ bucket }),
      holder: `${context.functionName}/${context.awsRequestId}`,
      secrets,
      tokens,
      redactor,
      meter,
      remainingMs: () => context.getRemainingTimeInMillis(),
      log: (message, fields) => logger.info(redactor.redact(message), redactor.redactFields(fields ?? {})),
    });
  } catch (error) {
    failure = reported(error);
    throw failure;
  } finally {
    publishMetrics(meter, { ...names, runId, code: failure?.code });
    logger.resetKeys();
  }
}

/** An asynchronous invocation that Lambda repeats keeps its request id: it goes on with the same run. */
function readRequest(event: RunRequest | undefined, context: Context): RunIdentity {
  const runId = event?.runId ?? context.awsRequestId;
  if (typeof runId !== 'string' || !RUN_ID_PATTERN.test(runId)) {
    throw new ExtractorError('REQUEST_INVALID', `runId must match ${RUN_ID_PATTERN}, got ${JSON.stringify(runId)}`, { retryable: false });
  }
  const scheduledTime = event?.scheduledTime;
  if (scheduledTime !== undefined && (typeof scheduledTime !== 'string' || Number.isNaN(Date.parse(scheduledTime)))) {
    throw new ExtractorError('REQUEST_INVALID', `scheduledTime must be an ISO 8601 time, got ${JSON.stringify(scheduledTime)}`, { retryable: false });
  }
  return { runId, scheduledTime, redrive: readRedrive(event?.redrive) };
}

function readRedrive(request: RedriveRequest | undefined): RedriveRequest | undefined {
  const { after, corrections } = request ?? {};
  if (after !== undefined && !/^\d{4}-\d\d-\d\d$/.test(after)) {
    throw new ExtractorError('REQUEST_INVALID', `redrive.after must be a date such as 2026-01-31, got ${JSON.stringify(after)}`, { retryable: false });
  }
  if (corrections !== undefined && !(Array.isArray(corrections) && corrections.every((line) => typeof line === 'string'))) {
    throw new ExtractorError('REQUEST_INVALID', 'redrive.corrections must be a list of texts, each a line of the quarantine', { retryable: false });
  }
  return request;
}

/** The error as it leaves the function: redacted, with its code and whether to try again. */
function reported(error: unknown): ExtractorError {
  const known = error instanceof ExtractorError
    ? error
    : new ExtractorError('INTERNAL', `unexpected: ${error instanceof Error ? error.message : String(error)}`, { retryable: false, cause: error });
  const clean = new ExtractorError(known.code, redactor.redact(known.message), {
    retryable: known.retryable,
    details: redactor.redactFields(known.details),
    retryAfterSeconds: known.retryAfterSeconds,
  });
  clean.stack = redactor.redact(known.stack ?? clean.message);
  logger.error(clean.message, { code: clean.code, retryable: clean.retryable, details: clean.details, stack: clean.stack });
  return clean;
}
