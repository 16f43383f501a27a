import { parseJsonPath } from './json-path';
import { PaginationSpec } from './source-spec';
import type { SpecProblem } from './validate-source-spec';

type Check = (ok: boolean, property: string, got: unknown, fix: string) => void;

const PAGINATION_TYPES = ['none', 'pageNumber', 'offset', 'cursor', 'keyset', 'linkHeader', 'nextUrl'];

const isPositive = (value: number | undefined) => value === undefined || (Number.isInteger(value) && value > 0);

/** What is wrong with a JSONPath, under the property's name. */
export function pathProblems(value: string, property: string): SpecProblem[] {
  try {
    parseJsonPath(value);
    return [];
  } catch (error) {
    return [{ property, got: value, fix: (error as Error).message }];
  }
}

/** A JSONPath that must name one place. */
export function onePlaceProblems(path: string, property: string): SpecProblem[] {
  return [
    ...pathProblems(path, property),
    ...(path.includes('[*]') ? [{ property, got: path, fix: 'name one place: [*] is allowed in "records" only' }] : []),
  ];
}

/** Everything that is wrong with a pagination. */
export function paginationProblems(pagination: PaginationSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const at: Check = (ok, property, got, fix) => {
    if (!ok) {
      problems.push({ property: `pagination.${property}`, got, fix });
    }
  };
  const onePlace = (path: string, property: string) => problems.push(...onePlaceProblems(path, `pagination.${property}`));
  at(PAGINATION_TYPES.includes(pagination.type), 'type', pagination.type, `use one of ${PAGINATION_TYPES.join(', ')}`);
  if (pagination.type === 'none') {
    return problems;
  }
  at(isPositive(pagination.maxPages), 'maxPages', pagination.maxPages, 'use a whole number above 0');
  at(isPositive(pagination.maxRecords), 'maxRecords', pagination.maxRecords, 'use a whole number above 0');
  if (pagination.hasMore !== undefined) {
    onePlace(pagination.hasMore, 'hasMore');
  }
  if (pagination.total !== undefined && 'path' in pagination.total) {
    onePlace(pagination.total.path, 'total.path');
  }
  typeProblems(pagination, at, onePlace);
  return problems;
}

function typeProblems(pagination: PaginationSpec, at: Check, onePlace: (path: string, property: string) => void): void {
  switch (pagination.type) {
    case 'pageNumber':
    case 'offset':
      numberProblems(pagination, at);
      break;
    case 'cursor':
      if ('path' in pagination.token) {
        onePlace(pagination.token.path, 'token.path');
      }
      at(pagination.target.name !== '', 'target.name', pagination.target.name, 'name the parameter, header or body field that carries the token');
      break;
    case 'keyset':
      onePlace(pagination.field, 'field');
      at(pagination.target.name !== '', 'target.name', pagination.target.name, 'name the parameter, header or body field that carries the value');
      break;
    case 'nextUrl':
      onePlace(pagination.path, 'path');
      break;
  }
}

function numberProblems(pagination: Extract<PaginationSpec, { type: 'pageNumber' | 'offset' }>, at: Check): void {
  at(pagination.param !== '', 'param', pagination.param, 'name the query parameter that carries the position');
  const [sizeParam, size, names] = pagination.type === 'pageNumber'
    ? [pagination.sizeParam, pagination.size, ['sizeParam', 'size']]
    : [pagination.limitParam, pagination.limit, ['limitParam', 'limit']];
  at((sizeParam === undefined) === (size === undefined), names[0], sizeParam, `give ${names[0]} and ${names[1]} together, or neither`);
  at(isPositive(size), names[1], size, 'use a whole number above 0');
  at(pagination.start === undefined || (Number.isInteger(pagination.start) && pagination.start >= 0), 'start', pagination.start, 'use 0 or a whole number above it');
}
