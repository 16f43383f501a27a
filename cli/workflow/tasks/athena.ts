import { randomUUID } from 'node:crypto';
import { AthenaQueryError, QueryResult } from '../../athena';
import { Integration, Integrations, TaskCall } from '../integrations';
import { StateError, TASK_FAILED } from '../state-error';

/** Athena's own limit of a page. */
const PAGE = 1000;

export interface Athena {
  /** @throws AthenaQueryError for a query that fails. */
  query(sql: string, database: string | undefined): Promise<QueryResult>;
}

interface Finished {
  readonly execution: Readonly<Record<string, unknown>>;
  readonly result: QueryResult;
}

/** Queries of an execution, their results kept while it lasts. */
export function athenaTasks(athena: Athena): Integrations {
  const finished = new Map<string, Finished>();
  const getQueryResults: Integration = {
    required: ['QueryExecutionId'],
    optional: ['MaxResults', 'NextToken'],
    run: async ({ arguments: given }) => page(finishedOf(finished, given), given),
  };
  return {
    'athena:startQueryExecution.sync': {
      required: ['QueryString'],
      optional: ['WorkGroup', 'QueryExecutionContext', 'ClientRequestToken'],
      run: async (call) => {
        const one = await run(athena, call);
        finished.set(String(one.execution.QueryExecutionId), one);
        return { QueryExecution: one.execution };
      },
    },
    'athena:getQueryResults': getQueryResults,
    'aws-sdk:athena:getQueryResults': getQueryResults,
    'aws-sdk:athena:getQueryExecution': {
      required: ['QueryExecutionId'],
      run: async ({ arguments: given }) => ({ QueryExecution: finishedOf(finished, given).execution }),
    },
  };
}

/** A query that fails is a task that fails: its execution is the cause. */
async function run(athena: Athena, { arguments: { QueryString, WorkGroup, QueryExecutionContext } }: TaskCall): Promise<Finished> {
  const started = Date.now();
  const sql = String(QueryString);
  const { Database } = (QueryExecutionContext ?? {}) as { Database?: string };
  const facts = { QueryExecutionId: randomUUID(), Query: sql, StatementType: typeOf(sql), WorkGroup: WorkGroup ?? 'primary', QueryExecutionContext: { Database } };
  const times = () => ({ SubmissionDateTime: new Date(started).toISOString(), CompletionDateTime: new Date().toISOString() });
  try {
    const result = await athena.query(sql, Database);
    const Statistics = { DataScannedInBytes: result.scannedBytes ?? 0, TotalExecutionTimeInMillis: Date.now() - started };
    return { execution: { ...facts, Status: { State: 'SUCCEEDED', ...times() }, Statistics }, result };
  } catch (error) {
    if (!(error instanceof AthenaQueryError)) {
      throw error;
    }
    const Status = { State: 'FAILED', StateChangeReason: error.message, AthenaError: { ErrorMessage: error.message, Retryable: false }, ...times() };
    throw new StateError(TASK_FAILED, JSON.stringify({ ...facts, Status }), { cause: error });
  }
}

/** As GetQueryExecution tells it. */
function typeOf(sql: string): 'DML' | 'DDL' | 'UTILITY' {
  const word = /^[\s(]*(\w+)/.exec(sql)?.[1].toUpperCase() ?? '';
  if (['SELECT', 'WITH', 'VALUES', 'INSERT', 'MERGE', 'DELETE', 'UPDATE', 'UNLOAD'].includes(word)) {
    return 'DML';
  }
  return ['SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'OPTIMIZE', 'VACUUM'].includes(word) ? 'UTILITY' : 'DDL';
}

function finishedOf(finished: ReadonlyMap<string, Finished>, { QueryExecutionId }: TaskCall['arguments']): Finished {
  const one = finished.get(String(QueryExecutionId));
  if (one === undefined) {
    throw new StateError('Athena.InvalidRequestException', `QueryExecution ${String(QueryExecutionId)} was not found (Service: Athena, Status Code: 400)`);
  }
  return one;
}

/** The first row of a SELECT's results repeats the names of the columns. */
function page({ execution, result: { columns, rows } }: Finished, { MaxResults, NextToken }: TaskCall['arguments']) {
  const all = execution.StatementType === 'DML' && columns.length > 0 ? [columns.map(({ name }) => name), ...rows] : rows;
  const from = Number(NextToken ?? 0);
  const to = from + Math.min(Number(MaxResults ?? PAGE), PAGE);
  return {
    ResultSet: {
      Rows: all.slice(from, to).map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
      ResultSetMetadata: { ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Label: name, Type: type })) },
    },
    ...(to < all.length ? { NextToken: String(to) } : {}),
  };
}
