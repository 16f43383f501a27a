import { parseJsonPath } from './json-path';
import { normalizeHost } from './network';
import { PaginationSpec, SourceSpec, SOURCE_SPEC_VERSION } from './source-spec';
import { authProblems } from './validate-auth';

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

const PAGINATION_TYPES = ['none', 'pageNumber', 'offset', 'cursor', 'linkHeader', 'nextUrl'];

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

  check(spec.request?.body === undefined || spec.request.method === 'POST', 'request.body', 'a body with GET', "set method to 'POST'");

  if (spec.auth) {
    problems.push(...authProblems(spec.auth));
  }

  if (spec.pagination) {
    problems.push(...paginationProblems(spec.pagination));
    const inBody = spec.pagination.type === 'cursor' && spec.pagination.target.in === 'body';
    check(!inBody || spec.request?.method === 'POST', 'pagination.target', 'a field of the body with GET', "set method to 'POST', or send the token in the query");
  }
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
  for (const host of spec.network?.allowedHosts ?? []) {
    check(normalizeHost(host) !== undefined, 'network.allowedHosts', host, "name one host, without scheme, port, path or wildcard: 'api.internal'");
  }
  return problems;
}

function pathProblems(value: string, property: string): SpecProblem[] {
  try {
    parseJsonPath(value);
    return [];
  } catch (error) {
    return [{ property, got: value, fix: (error as Error).message }];
  }
}

function paginationProblems(pagination: PaginationSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const at = (ok: boolean, property: string, got: unknown, fix: string) => {
    if (!ok) {
      problems.push({ property: `pagination.${property}`, got, fix });
    }
  };
  const outsideRecords = (path: string, property: string) => {
    problems.push(...pathProblems(path, `pagination.${property}`));
    at(!path.includes('[*]'), property, path, 'name one place: [*] is allowed in "records" only');
  };
  at(PAGINATION_TYPES.includes(pagination.type), 'type', pagination.type, `use one of ${PAGINATION_TYPES.join(', ')}`);
  if (pagination.type === 'none') {
    return problems;
  }
  at(pagination.maxPages === undefined || (Number.isInteger(pagination.maxPages) && pagination.maxPages > 0), 'maxPages', pagination.maxPages, 'use a whole number above 0');
  if (pagination.hasMore !== undefined) {
    outsideRecords(pagination.hasMore, 'hasMore');
  }
  switch (pagination.type) {
    case 'pageNumber':
    case 'offset': {
      at(pagination.param !== '', 'param', pagination.param, 'name the query parameter that carries the position');
      const [sizeParam, size, names] = pagination.type === 'pageNumber'
        ? [pagination.sizeParam, pagination.size, ['sizeParam', 'size']]
        : [pagination.limitParam, pagination.limit, ['limitParam', 'limit']];
      at((sizeParam === undefined) === (size === undefined), names[0], sizeParam, `give ${names[0]} and ${names[1]} together, or neither`);
      at(size === undefined || (Number.isInteger(size) && size > 0), names[1], size, 'use a whole number above 0');
      at(pagination.start === undefined || (Number.isInteger(pagination.start) && pagination.start >= 0), 'start', pagination.start, 'use 0 or a whole number above it');
      break;
    }
    case 'cursor':
      if ('path' in pagination.token) {
        outsideRecords(pagination.token.path, 'token.path');
      }
      at(pagination.target.name !== '', 'target.name', pagination.target.name, 'name the parameter, header or body field that carries the token');
      break;
    case 'nextUrl':
      outsideRecords(pagination.path, 'path');
      break;
    case 'linkHeader':
      break;
  }
  return problems;
}
