import { LocalAthena, QueryExecution, QueryRequest } from '../../athena';
import { LakeFolder } from '../lake-folder';
import { openAthena } from '../local-query';

/** Opened at once: DuckDB is there when the API's records are. Without it, the first query fails and what was extracted stays. */
export class ReadyAthena {
  private readonly session: Promise<LocalAthena>;

  constructor(lake: LakeFolder) {
    this.session = openAthena(lake);
    this.session.catch(() => undefined); // told by the query that asks
  }

  async execute(request: QueryRequest): Promise<QueryExecution> {
    return (await this.session).execute(request);
  }

  async close(): Promise<void> {
    await this.session.then(async (session) => session.close(), () => undefined);
  }
}
