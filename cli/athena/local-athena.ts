import { AthenaQueryError } from './athena-error';
import { LocalAthenaOptions, QueryExecution, QueryRequest, QueryResult } from './athena-query';
import { metadataRows } from './metadata-rows';
import { QueryEngine } from './query-engine';
import { executionError } from './query-errors';
import { classify, Statement, statementType } from './statements';
import { runWrite } from './write/run-write';

/**
 * Athena's SQL over the local lake. What DuckDB would answer differently from Athena is translated or refused,
 * never guessed.
 */
export class LocalAthena {
  static async open(options: LocalAthenaOptions): Promise<LocalAthena> {
    return new LocalAthena(options, await QueryEngine.open(options));
  }

  /** Statements of one session run one after the other: they share its views. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: LocalAthenaOptions, private readonly engine: QueryEngine) {}

  /**
   * Runs one statement; its values are text, as Athena's GetQueryResults has them.
   *
   * @throws AthenaQueryError when the statement fails, with Athena's code and text.
   */
  async query(sql: string, database = this.options.database): Promise<QueryResult> {
    const statement = classify(sql);
    const run = this.last.then(() => this.run(statement, database));
    this.last = run.catch(() => undefined);
    return run;
  }

  /** Runs one statement as StartQueryExecution and GetQueryExecution tell of it: a failed statement is an answer, not an exception. */
  async execute({ sql, database }: QueryRequest): Promise<QueryExecution> {
    let type: QueryExecution['statementType'];
    try {
      type = statementType(classify(sql));
      return { statementType: type, state: 'SUCCEEDED', result: await this.query(sql, database) };
    } catch (error) {
      if (!(error instanceof AthenaQueryError)) {
        throw error;
      }
      return { statementType: type, state: 'FAILED', stateChangeReason: error.message, athenaError: executionError(error) };
    }
  }

  /** Closes the database and removes its working files. */
  async close(): Promise<void> {
    await this.last;
    await this.engine.close();
  }

  private async run(statement: Statement, database: string | undefined): Promise<QueryResult> {
    switch (statement.kind) {
      case 'query': return this.engine.execute(await this.engine.prepare(statement.tokens, database));
      case 'write': return runWrite(statement.write, { engine: this.engine, options: this.options, database });
      default: return metadataRows(statement, { ...this.options, database });
    }
  }
}
