import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FunctionLog } from './function-log';
import { LakeFolder } from './lake-folder';
import { LocalLake } from './local-lake';
import { LocalSecrets, startLocalSecrets } from './local-secrets';
import { thisMachine } from './this-machine';
import { ENV_ALLOWED_HOSTS, ENV_API_URL, ENV_LEASE_SECONDS, ENV_QUIET_SECONDS, ENV_SOURCE_SPEC } from '../../src/spec/environment';
import { RunResult } from '../../src/spec/run-result';
import { Source, SourceFunction } from '../assembly/lake-model';
import { localRegion } from '../assembly/pseudo-parameters';
import { CommandError } from '../errors';
import { Failure, FailureStatus, FunctionHost } from '../lambda-host';
import { Emit } from '../render/events';
import { checkedResult } from '../runs/checked-result';
import { invokeUntilDone } from '../runs/invoke-until-done';

/**
 * The local S3 and everyone who writes to it die together, so that a run which does not renew its lease is
 * certainly dead: a rerun after a kill waits this long, not AWS's minute and a half.
 */
const LOCAL_LEASE_SECONDS = 2;
const LOCAL_QUIET_SECONDS = 0;

export interface ExtractOptions {
  readonly lake: LocalLake;
  readonly runId: string;
  readonly emit: Emit;
  /** Replaces the endpoint. */
  readonly url?: string;
}

/** Runs the bundled function of a source on this machine until the run is done. */
export async function extractSource(source: Source, options: ExtractOptions): Promise<RunResult> {
  const { lake, runId, emit } = options;
  refuseForeign(source);
  const overrides = localOverrides(source, options);
  mkdirSync(lake.folder.bucket(source.crawler.bucket), { recursive: true });
  provideAssets(source, lake);
  const log = new FunctionLog(lake.folder.log(source.name, runId), source.name, emit);
  const secrets = needsSecrets(source) ? await startLocalSecrets() : undefined;
  const host = startHost(source, { ...overrides, ...secrets?.environment }, log);
  try {
    const result = await invokeUntilDone({ source: source.name, emit, invoke: () => invokeOnce(host, source, runId, log, secrets) });
    requireObjects(source, result, lake.folder);
    return result;
  } finally {
    await host.close();
    await secrets?.close();
    log.close();
  }
}

/** A spec that cannot be read is the function's own error to tell. What a function of the user's own needs, it alone knows. */
const needsSecrets = ({ custom, function: { environment } }: Source): boolean => custom || (environment[ENV_SOURCE_SPEC] ?? '').includes('"secretArn"');

function refuseForeign({ name, function: { notLocal } }: Source): void {
  if (notLocal !== undefined) {
    throw new CommandError('NOT_LOCAL', `source "${name}" cannot run on this machine: ${notLocal}`, {
      hint: `run it deployed, with \`datalake run ${name}\`, and name the other sources here`, details: { source: name },
    });
  }
}

/** A function of the user's own may count what it has put elsewhere. */
function requireObjects({ name, custom, crawler: { bucket, prefix } }: Source, { records, partition }: RunResult, lake: LakeFolder): void {
  const folder = join(lake.bucket(bucket), prefix, partition);
  if (custom && records > 0 && !(existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.jsonl.gz')))) {
    throw new CommandError('RESULT_INVALID', `source "${name}": its function answered ${records} records, `
      + `and s3://${bucket}/${prefix}${partition}/ holds no *.jsonl.gz`, { hint: 'write there, or correct the partition of the answer', details: { source: name } });
  }
}

/** Puts what a deployment puts into the assets' bucket where the local S3 serves it. */
function provideAssets({ function: { assets } }: Source, { folder }: LocalLake): void {
  for (const { bucket, key, path } of assets) {
    const copy = join(folder.bucket(bucket), key);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
  }
}

function startHost(source: Source, overrides: Record<string, string>, log: FunctionLog): FunctionHost {
  const { logicalId, codeDir, handler, memoryMb, timeoutSeconds, environment } = source.function;
  const onLog = (line: string) => log.line(line);
  const region = localRegion();
  return new FunctionHost({ functionName: logicalId, codeDir, handler, memoryMb, timeoutSeconds, environment, overrides, region, onLog });
}

async function invokeOnce(
  host: FunctionHost, source: Source, runId: string, log: FunctionLog, secrets: LocalSecrets | undefined,
): Promise<RunResult> {
  log.lastError = undefined;
  const outcome = await host.invoke({ runId });
  if ('error' in outcome) {
    throw failure(source, outcome, log, secrets?.missing ?? []);
  }
  return checkedResult(outcome.payload, source, runId);
}

function localOverrides(source: Source, { lake, url }: ExtractOptions): Record<string, string> {
  const given: Record<string, string> = url === undefined ? {} : { [ENV_API_URL]: url };
  const open = Object.entries(source.function.unresolved).filter(([name]) => !(name in given));
  if (open.length > 0) {
    const why = open.map(([name, reason]) => `${name}: ${reason}`).join('; ');
    throw new CommandError('UNRESOLVED_VALUE', `source "${source.name}" cannot run on this machine: ${why}`, {
      hint: open.some(([name]) => name === ENV_API_URL) ? `give its endpoint: --url ${source.name}=URL` : undefined,
      details: { source: source.name, variables: open.map(([name]) => name) },
    });
  }
  const host = thisMachine(url ?? source.function.environment[ENV_API_URL] ?? '');
  return {
    ...given,
    ...(host === undefined ? {} : { [ENV_ALLOWED_HOSTS]: host }),
    AWS_ENDPOINT_URL_S3: lake.endpoint,
    [ENV_LEASE_SECONDS]: String(LOCAL_LEASE_SECONDS),
    [ENV_QUIET_SECONDS]: String(LOCAL_QUIET_SECONDS),
  };
}

const LIMIT_HINTS: Readonly<Partial<Record<FailureStatus, (fn: SourceFunction) => string>>> = {
  timeout: (fn) => `raise the source's timeout above ${fn.timeoutSeconds} s`,
  oom: (fn) => `raise the source's memory above ${fn.memoryMb} MB`,
};

function failure(source: Source, { error, status }: Failure, log: FunctionLog, missing: LocalSecrets['missing']): CommandError {
  const rerun = `read ${log.path}, then run \`datalake run --local ${source.name}\` again`;
  const cure = missing.length > 0
    ? `set the environment variable ${missing.map((variables) => variables.join(' or ')).join(' and ')} to the secret's value`
    : LIMIT_HINTS[status]?.(source.function);
  const known = log.lastError?.code === error.errorType ? log.lastError : undefined;
  return new CommandError(error.errorType, error.errorMessage, {
    hint: cure === undefined ? rerun : `${cure}; ${rerun}`,
    details: { source: source.name, status, retryable: known?.retryable, ...known?.details, log: log.path },
  });
}
