import { Token } from 'aws-cdk-lib';
import { bareWords } from './table-references';
import { Transform } from './transform';
import { Problems } from '../core/problems';
import { parseHiveType } from '../spec/hive-type';
import { GLUE_NAME_PATTERN } from '../spec/validate-source-spec';
import { RUN_ID_COLUMN } from '../spec/workflow-plan';

/** What Athena takes, less what is put around the query. */
const MAX_QUERY_BYTES = 200_000;

/** Checks what a transform says by itself, without the others. */
export function checkTransform({ name, _options: options }: Transform, problems: Problems): void {
  const at = (property: string) => `transforms.${name}.${property}`;
  problems.check(!Token.isUnresolved(name) && GLUE_NAME_PATTERN.test(name), 'transforms.name', name, 'use lower-case letters, digits and underscores, starting with a letter');
  checkQuery(options.query, (got, fix) => problems.add(at('query'), got, fix));
  const mode = options.mode._plan;
  const partitioned = (options.partitionBy ?? []).length > 0;
  problems.check(mode.type !== 'replacePartition' || partitioned, at('partitionBy'), options.partitionBy, 'name the columns of the partitions that are replaced');
  if (mode.type === 'merge') {
    problems.check(mode.key.length > 0 && mode.key.every((column) => column !== ''), at('mode.key'), mode.key, 'name the columns that tell rows apart');
    problems.check(mode.latestBy !== '' && !mode.key.includes(mode.latestBy), at('mode.latestBy'), mode.latestBy, 'name a column outside the key that tells which row is the latest');
  }
  for (const [property, columns] of Object.entries({ 'partitionBy': options.partitionBy ?? [], 'mode.key': mode.type === 'merge' ? mode.key : [] })) {
    const twice = columns.find((column, i) => columns.findIndex((other) => other.toLowerCase() === column.toLowerCase()) < i);
    problems.check(twice === undefined, at(property), twice, 'name each column once');
  }
  problems.check(options.inputs === undefined || options.inputs.length > 0, at('inputs'), options.inputs, 'name what the query reads, or leave inputs out');
  for (const [column, type] of Object.entries(options.columns ?? {})) {
    problems.check(column.toLowerCase() !== RUN_ID_COLUMN, at('columns'), column, 'every curated table has this column by itself: leave it out');
    checkType(type, (got, fix) => problems.add(at(`columns.${column}`), got, fix));
  }
}

function checkQuery(query: string, problem: (got: unknown, fix: string) => void): void {
  const words = bareWords(query);
  if (!['SELECT', 'WITH'].includes(words[0])) {
    problem(query, 'write one SELECT, or WITH ... SELECT');
  } else if (words.includes(';')) {
    problem(';', 'write one statement, without a semicolon');
  }
  if (Buffer.byteLength(query) > MAX_QUERY_BYTES) {
    problem(`${Buffer.byteLength(query)} bytes`, `Athena takes about ${MAX_QUERY_BYTES}`);
  }
}

function checkType(type: string, problem: (got: unknown, fix: string) => void): void {
  try {
    parseHiveType(type);
  } catch (error) {
    problem(type, `${(error as Error).message}; write a type of Athena's DDL, such as array<string>`);
  }
}
