import { LocalAthena, QueryExecution, QueryRequest } from '../../athena';
import { LakeFolder } from '../lake-folder';
import { openAthena } from '../local-query';

/** Opened when the first query comes: many executions ask none. */
export class LazyAthena {
  private session: Promise<LocalAthena> | undefined;

  constructor(private readonly lake: LakeFolder) {}

  async execute(request: QueryRequest): Promise<QueryExecution> {
    this.session ??= openAthena(this.lake);
    return (await this.session).execute(request);
  }

  async close(): Promise<void> {
    await this.session?.then(async (session) => session.close(), () => undefined);
  }
}
