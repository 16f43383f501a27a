import { NamedQuery } from './named-query';
import { isToken } from '../core/checks';
import { Problems } from '../core/problems';

/** @see https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html */
const MAX_NAME = 128;
const MAX_DESCRIPTION = 1024;
const MAX_QUERY_BYTES = 262144;

export function checkNamedQuery({ description, name, queryString }: NamedQuery, problems: Problems): void {
  const at = isToken(name) ? 'namedQueries' : `namedQueries.${name}`;
  problems.check(!isToken(name) && name !== '' && name.length <= MAX_NAME, 'namedQueries.name', name, `use 1 to ${MAX_NAME} characters, known at synth`);
  problems.check(queryString.trim() !== '', at, queryString, 'write one SQL statement');
  problems.check(Buffer.byteLength(queryString) <= MAX_QUERY_BYTES, at, `${Buffer.byteLength(queryString)} bytes`, `Athena takes ${MAX_QUERY_BYTES}`);
  problems.check(description === undefined || (description !== '' && description.length <= MAX_DESCRIPTION), `${at}.description`, description,
    `use 1 to ${MAX_DESCRIPTION} characters, or leave it out`);
}
