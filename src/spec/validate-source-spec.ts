import { DEFAULT_CONCURRENCY, MAX_CONCURRENCY } from './defaults';
import { normalizeHost } from './network';
import { SourceSpec, SOURCE_SPEC_VERSION } from './source-spec';
import { authProblems } from './validate-auth';
import { contractProblems } from './validate-contract';
import { formatProblems } from './validate-format';
import { incrementalProblems } from './validate-incremental';
import { paginationProblems, pathProblems } from './validate-pagination';
import { parentProblems } from './validate-parent';
import { responseRuleProblems } from './validate-response-rules';
import { transformProblems } from './validate-transforms';

/** What is wrong with a source spec: which property, what it holds, what to write instead. */
export interface SpecProblem {
  readonly property: string;
  readonly got: unknown;
  readonly fix: string;
}

/**
 * Names of sources become names of Glue tables: lower case, no hyphen
 * (Amazon Athena user guide, "Name databases, tables, and columns").
 */
export const GLUE_NAME_PATTERN = /^[a-z][a-z0-9_]{0,99}$/;

/** Everything that is wrong with a spec; an empty list for a good one. Never throws. */
export function validateSourceSpec(spec: SourceSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const check = (ok: boolean, property: string, got: unknown, fix: string) => {
    if (!ok) {
      problems.push({ property, got, fix });
    }
  };
  const positive = (value: number | undefined, property: string) =>
    check(value === undefined || (Number.isInteger(value) && value > 0), property, value, 'use a whole number above 0');
  const path = (value: string | undefined, property: string) =>
    value !== undefined && problems.push(...pathProblems(value, property));

  check(spec.version === SOURCE_SPEC_VERSION, 'version', spec.version, `this release reads version ${SOURCE_SPEC_VERSION}`);
  check(typeof spec.source === 'string' && GLUE_NAME_PATTERN.test(spec.source), 'name', spec.source, 'use lower-case letters, digits and underscores, starting with a letter');
  check(typeof spec.records === 'string', 'records', spec.records, "name the place of the records, for example '$.results'");
  path(spec.records, 'records');
  problems.push(...formatProblems(spec));

  problems.push(...requestProblems(spec));

  if (spec.auth) {
    problems.push(...authProblems(spec.auth));
  }

  if (spec.pagination) {
    problems.push(...paginationProblems(spec.pagination));
  }
  problems.push(...incrementalProblems(spec));
  problems.push(...parentProblems(spec));
  const mode = spec.writeMode;
  check(mode === undefined || ['snapshot', 'append'].includes(mode.type), 'writeMode.type', mode?.type, "use 'snapshot' or 'append'");

  positive(spec.retry?.maxAttempts, 'retry.maxAttempts');
  positive(spec.retry?.baseDelayMs, 'retry.baseDelayMs');
  positive(spec.retry?.maxDelayMs, 'retry.maxDelayMs');
  for (const [name, value] of Object.entries(spec.timeouts ?? {})) {
    positive(value, `timeouts.${name}`);
  }
  positive(spec.limits?.maxRecordBytes, 'limits.maxRecordBytes');
  positive(spec.limits?.maxResponseBytes, 'limits.maxResponseBytes');
  positive(spec.limits?.maxDecompressionRatio, 'limits.maxDecompressionRatio');
  check(spec.limits?.partBytes === undefined || spec.limits.partBytes >= 65536, 'limits.partBytes', spec.limits?.partBytes, 'use at least 65536 (64 KiB)');
  positive(spec.rateLimit?.requests, 'rateLimit.requests');
  positive(spec.rateLimit?.perMs, 'rateLimit.per');
  positive(spec.rateLimit?.burst, 'rateLimit.burst');
  const { concurrency = DEFAULT_CONCURRENCY } = spec;
  check(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MAX_CONCURRENCY, 'concurrency', concurrency, `use 1 to ${MAX_CONCURRENCY}`);
  check(concurrency === DEFAULT_CONCURRENCY || spec.parent !== undefined || spec.pagination?.type === 'pageNumber', 'concurrency', concurrency,
    'leave it out: only the requests of a child source and of Pagination.pageNumber are known before the page before them is read');
  for (const host of spec.network?.allowedHosts ?? []) {
    check(normalizeHost(host) !== undefined, 'network.allowedHosts', host, "name one host, without scheme, port, path or wildcard: 'api.internal'");
  }
  problems.push(...responseRuleProblems(spec));
  problems.push(...transformProblems(spec.transforms ?? []));
  problems.push(...contractProblems(spec.contract));
  return problems;
}

/** What a request carries besides its URL: a JSON body or a form, with POST. */
function requestProblems({ request, pagination }: SourceSpec): SpecProblem[] {
  const post = request?.method === 'POST';
  const inBody = pagination && 'target' in pagination && pagination.target.in === 'body';
  const rules: [boolean, string, string, string][] = [
    [request?.body === undefined || post, 'request.body', 'a body with GET', "set method to 'POST'"],
    [request?.form === undefined || post, 'request.form', 'a form with GET', "set method to 'POST'"],
    [request?.form === undefined || request.body === undefined, 'request.form', 'a form beside a body', 'a request carries one of them'],
    [!inBody || post, 'pagination.target', 'a field of the body with GET', "set method to 'POST', or send the token in the query"],
    [!inBody || request?.form === undefined, 'pagination.target', 'a field of the body with a form', 'tokens go into JSON bodies only: send the token in the query'],
  ];
  return rules.filter(([ok]) => !ok).map(([, property, got, fix]) => ({ property, got, fix }));
}
