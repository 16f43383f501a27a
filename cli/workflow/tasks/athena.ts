import { randomUUID } from 'node:crypto';
import { AthenaError, QueryExecution, QueryRequest, ResultColumn } from '../../athena';
import { Integration, Integrations, TaskCall } from '../integrations';
import { StateError, TASK_FAILED } from '../state-error';

/** Athena's own limit of a page. */
const PAGE = 1000;

export interface Athena {
  execute(request: QueryRequest): Promise<QueryExecution>;
}

interface Finished {
  /** As GetQueryExecution has it. */
  readonly description: Readonly<Record<string, unknown>>;
  readonly execution: QueryExecution;
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
        const id = randomUUID();
        const one = await run(athena, id, call);
        finished.set(id, one);
        return { QueryExecution: one.description };
      },
    },
    'athena:getQueryResults': getQueryResults,
    'aws-sdk:athena:getQueryResults': getQueryResults,
    'aws-sdk:athena:getQueryExecution': {
      required: ['QueryExecutionId'],
      run: async ({ arguments: given }) => ({ QueryExecution: finishedOf(finished, given).description }),
    },
  };
}

/** A query that fails is a task that fails: its execution is the cause. */
async function run(athena: Athena, QueryExecutionId: string, { arguments: given }: TaskCall): Promise<Finished> {
  const { QueryString, WorkGroup = 'primary', QueryExecutionContext = {} } = given as {
    QueryString: string; WorkGroup?: string; QueryExecutionContext?: { Database?: string };
  };
  const started = Date.now();
  const execution = await athena.execute({ sql: QueryString, database: QueryExecutionContext.Database });
  const description = {
    QueryExecutionId,
    Query: QueryString,
    StatementType: execution.statementType,
    WorkGroup,
    QueryExecutionContext,
    Status: statusOf(execution, started),
    Statistics: { DataScannedInBytes: execution.result?.scannedBytes ?? 0, TotalExecutionTimeInMillis: Date.now() - started },
  };
  if (execution.state === 'FAILED') {
    throw new StateError(TASK_FAILED, JSON.stringify(description));
  }
  return { description, execution };
}

function statusOf({ state, stateChangeReason, athenaError }: QueryExecution, started: number) {
  return {
    State: state,
    SubmissionDateTime: new Date(started).toISOString(),
    CompletionDateTime: new Date().toISOString(),
    ...(stateChangeReason === undefined ? {} : { StateChangeReason: stateChangeReason }),
    ...(athenaError === undefined ? {} : { AthenaError: describe(athenaError) }),
  };
}

const describe = ({ errorCategory, errorType, retryable, errorMessage }: AthenaError) => ({
  ErrorCategory: errorCategory, ErrorType: errorType, Retryable: retryable, ErrorMessage: errorMessage,
});

function finishedOf(finished: ReadonlyMap<string, Finished>, { QueryExecutionId }: TaskCall['arguments']): Finished {
  const one = finished.get(String(QueryExecutionId));
  if (one === undefined) {
    throw new StateError('Athena.InvalidRequestException', `QueryExecution ${String(QueryExecutionId)} was not found (Service: Athena, Status Code: 400)`);
  }
  return one;
}

/** A transform makes its decimal columns by these digits; of other types nobody asks for them. */
const columnInfo = ({ name, type, precision: Precision, scale: Scale }: ResultColumn) => ({
  Name: name, Label: name, Type: type, ...Precision === undefined ? {} : { Precision, Scale },
});

/** The first row of a SELECT's results repeats the names of the columns. */
function page({ execution: { statementType, result } }: Finished, { MaxResults, NextToken }: TaskCall['arguments']) {
  const { columns = [], rows = [], updateCount = 0 } = result ?? {};
  const all = statementType === 'DML' && columns.length > 0 ? [columns.map(({ name }) => name), ...rows] : rows;
  const from = Number(NextToken ?? 0);
  const to = from + Math.min(Number(MaxResults ?? PAGE), PAGE);
  return {
    UpdateCount: updateCount,
    ResultSet: {
      Rows: all.slice(from, to).map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
      ResultSetMetadata: { ColumnInfo: columns.map(columnInfo) },
    },
    ...(to < all.length ? { NextToken: String(to) } : {}),
  };
}
