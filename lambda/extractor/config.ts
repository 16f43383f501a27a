import { ExtractorError } from './errors';
import {
  BackfillRange, DEFAULT_LEASE_SECONDS, DEFAULT_LIMITS, DEFAULT_QUIET_SECONDS, ENV_ALLOWED_HOSTS, ENV_API_URL,
  ENV_DATA_BUCKET_NAME, ENV_LEASE_SECONDS, ENV_QUIET_SECONDS, ENV_SOURCE_SPEC, placeholderProblems, SourceSpec, validateSourceSpec,
} from '../../src/spec';

/** What the environment says, checked. */
export interface ExtractorConfig {
  readonly apiUrl: string;
  readonly bucket: string;
  readonly spec: SourceSpec;
  readonly mode: 'snapshot' | 'append';
  readonly partBytes: number;
  readonly maxRecordBytes: number;
  /** Hosts whose addresses need not be public. */
  readonly allowedHosts: readonly string[];
  readonly leaseSeconds: number;
  readonly quietSeconds: number;
  /** The part of the source that a backfill reads. @default - what is new */
  readonly range?: BackfillRange;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the function's environment; every problem of it stands in one error. */
export function readConfig(env: Environment): ExtractorConfig {
  const problems: string[] = [];
  const apiUrl = required(env, ENV_API_URL, problems);
  const bucket = required(env, ENV_DATA_BUCKET_NAME, problems);
  const spec = parseSpec(required(env, ENV_SOURCE_SPEC, problems), problems);
  problems.push(...urlProblems(apiUrl, spec));
  const leaseSeconds = seconds(env, ENV_LEASE_SECONDS, DEFAULT_LEASE_SECONDS, problems);
  const quietSeconds = seconds(env, ENV_QUIET_SECONDS, DEFAULT_QUIET_SECONDS, problems);
  if (problems.length > 0 || !spec) {
    throw new ExtractorError('CONFIG_INVALID', `the function's environment is not usable: ${problems.join('; ')}`, { retryable: false });
  }
  return {
    apiUrl,
    bucket,
    spec,
    mode: spec.writeMode?.type ?? (spec.incremental ? 'append' : 'snapshot'),
    partBytes: spec.limits?.partBytes ?? DEFAULT_LIMITS.partBytes,
    maxRecordBytes: spec.limits?.maxRecordBytes ?? DEFAULT_LIMITS.maxRecordBytes,
    allowedHosts: [...spec.network?.allowedHosts ?? [], ...(env[ENV_ALLOWED_HOSTS] ?? '').split(',').filter((host) => host !== '')],
    leaseSeconds,
    quietSeconds,
  };
}

function required(env: Environment, name: string, problems: string[]): string {
  const value = env[name];
  if (value === undefined || value === '') {
    problems.push(`${name} is not set`);
  }
  return value ?? '';
}

function parseSpec(text: string, problems: string[]): SourceSpec | undefined {
  if (text === '') {
    return undefined;
  }
  try {
    const spec = JSON.parse(text) as SourceSpec;
    problems.push(...validateSourceSpec(spec).map((p) => `${ENV_SOURCE_SPEC}.${p.property}: got ${JSON.stringify(p.got)}, ${p.fix}`));
    return spec;
  } catch (error) {
    problems.push(`${ENV_SOURCE_SPEC} is not a source spec (${(error as Error).message}); deploy the construct again`);
    return undefined;
  }
}

/** The URL is not quoted in an error: its query may hold a key. */
function urlProblems(text: string, spec: SourceSpec | undefined): string[] {
  if (text === '') {
    return [];
  }
  const placeholders = spec?.parent && typeof spec.parent.bind === 'object' ? placeholderProblems(text, spec) : [];
  if (placeholders.length > 0) {
    return placeholders.map(({ property, got, fix }) => `${property === 'url' ? ENV_API_URL : property}: got ${JSON.stringify(got)}, ${fix}`);
  }
  if (!URL.canParse(text)) {
    return [`${ENV_API_URL} is not an absolute URL`];
  }
  const url = new URL(text);
  return [
    ...(['http:', 'https:'].includes(url.protocol) ? [] : [`${ENV_API_URL} must start with https:// or http://, got ${url.protocol}`]),
    ...(url.username === '' && url.password === '' ? [] : [`${ENV_API_URL} holds credentials; use Auth.basic with a secret`]),
  ];
}

function seconds(env: Environment, name: string, fallback: number, problems: string[]): number {
  const value = env[name] === undefined ? fallback : Number(env[name]);
  if (!Number.isFinite(value) || value < 0) {
    problems.push(`${name} must be a number of seconds, got ${JSON.stringify(env[name])}`);
  }
  return value;
}
