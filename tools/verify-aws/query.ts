import { AthenaClient, GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';

const POLL_MS = 500;

/** `query.ts WORKGROUP SQL`, as whoever the environment's credentials are: prints the rows, or why there are none. */
async function query(WorkGroup: string, QueryString: string): Promise<string> {
  const athena = new AthenaClient({});
  const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ WorkGroup, QueryString }));
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State = '', StateChangeReason = '' } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') {
      const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
      // A SELECT's first row repeats the columns' names.
      const rows = /^\s*SELECT/.test(QueryString) ? ResultSet?.Rows?.slice(1) ?? [] : [];
      return rows.map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue).join(' ')).join(', ') || 'done';
    }
    if (State === 'FAILED' || State === 'CANCELLED') {
      return StateChangeReason || State;
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

const [workgroup, sql] = process.argv.slice(2);
query(workgroup, sql).then(console.log, (error: Error) => console.log(error.message));
