import {
  AthenaClient, GetNamedQueryCommand, GetQueryExecutionCommand, GetQueryResultsCommand, QueryExecution, Row, StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { callAws } from './aws-error';
import { getCrawler } from './crawl';
import { DeployedStack } from './deployed-stack';
import { poll } from './poll';
import { NamedQuery, Pipeline, Statement } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { Emit } from '../render/events';
import { Column, QueryReport } from '../render/results';

const DELAYS = { firstMs: 150, maxMs: 2_000 };

/** Asks Athena in the pipeline's deployed workgroup. */
export async function queryDeployed(pipeline: Pipeline, statement: Statement | NamedQuery, { emit }: { emit: Emit }): Promise<QueryReport> {
  const stack = new DeployedStack(pipeline.stack);
  const workgroup = await stack.physicalId(pipeline.workgroup.logicalId);
  const { sql, database } = 'logicalId' in statement
    ? await deployedText(stack, statement)
    : { sql: statement.sql, database: await deployedDatabase(stack, pipeline) };
  const start = new StartQueryExecutionCommand({ QueryString: sql, WorkGroup: workgroup, QueryExecutionContext: { Database: database } });
  const { QueryExecutionId: id } = await callAws('start the query', () => stack.athena.send(start));
  emit({ type: 'note', message: `query ${id} in workgroup ${workgroup}` });
  const execution = await stoppedOnInterrupt(stack.athena, id, () => finished(stack.athena, id));
  const { columns, rows } = await results(stack.athena, id, execution);
  return { kind: 'query', columns, rows, scannedBytes: execution.Statistics?.DataScannedInBytes };
}

/** The deployed text names the deployed database, which may have got its name there. */
async function deployedText(stack: DeployedStack, query: NamedQuery): Promise<Statement> {
  const id = await stack.physicalId(query.logicalId);
  const { NamedQuery: found } = await callAws(`read the named query ${query.name}`, () => stack.athena.send(new GetNamedQueryCommand({ NamedQueryId: id })));
  return { sql: found?.QueryString ?? query.sql, database: found?.Database ?? query.database };
}

/** The name of the database in AWS: a crawler knows it; where there is none, it is the template's. */
export async function deployedDatabase(stack: DeployedStack, { sources }: Pipeline): Promise<string> {
  const crawler = sources.find((source) => source.crawler)?.crawler;
  if (crawler === undefined) {
    return sources[0]?.table.database ?? 'default';
  }
  return (await getCrawler(stack, await stack.physicalId(crawler.logicalId))).DatabaseName ?? crawler.database;
}

/** A query that nobody waits for would still scan, and cost. */
async function stoppedOnInterrupt<T>(athena: AthenaClient, id: string | undefined, work: () => Promise<T>): Promise<T> {
  const stop = () => {
    void athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined).finally(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  try {
    return await work();
  } finally {
    process.off('SIGINT', stop);
  }
}

async function finished(athena: AthenaClient, id: string | undefined): Promise<QueryExecution> {
  const execution = await poll(async () => {
    const { QueryExecution: now } = await callAws('follow the query', () => athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id })));
    return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(now?.Status?.State ?? '') ? now : undefined;
  }, DELAYS);
  const { State, StateChangeReason, AthenaError } = execution.Status ?? {};
  if (State !== 'SUCCEEDED') {
    throw new CommandError(`QUERY_${State}`, `Athena: ${StateChangeReason ?? AthenaError?.ErrorMessage ?? `the query ended with ${State}`}`, {
      details: { queryExecutionId: id, errorType: AthenaError?.ErrorType, retryable: AthenaError?.Retryable },
    });
  }
  return execution;
}

async function results(athena: AthenaClient, id: string | undefined, execution: QueryExecution): Promise<Pick<QueryReport, 'columns' | 'rows'>> {
  let columns: Column[] = [];
  const rows: (string | null)[][] = [];
  let token: string | undefined;
  do {
    const command = new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token });
    const { ResultSet, NextToken } = await callAws('read the results', () => athena.send(command));
    if (token === undefined) {
      columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name, Type }) => ({ name: Name ?? '', type: Type ?? '' }));
    }
    rows.push(...(ResultSet?.Rows ?? []).map((row) => valuesOf(row, columns.length)));
    token = NextToken;
  } while (token !== undefined);
  // A SELECT's first row repeats the columns' names.
  const header = execution.StatementType === 'DML' && rows[0]?.every((value, index) => value === columns[index]?.name);
  return { columns, rows: header ? rows.slice(1) : rows };
}

const valuesOf = (row: Row, width: number): (string | null)[] =>
  Array.from({ length: Math.max(width, row.Data?.length ?? 0) }, (_none, index) => row.Data?.[index]?.VarCharValue ?? null);
