import { ExecutionFolder, findExecution } from './execution-folder';
import { startLocalAws } from './local-aws';
import { LocalFunctions } from './local-functions';
import { ReadyAthena } from './ready-athena';
import { TableWatch } from './table-watch';
import { Selected } from '../../assembly/lake-model';
import { LocalCatalog } from '../../catalog';
import { LocalCrawlers } from '../../glue';
import { Emit } from '../../render/events';
import { Integrations } from '../../workflow';
import { localTasks, LocalServices, Message } from '../../workflow/tasks';
import { FunctionLog } from '../function-log';
import { lakeOverrides } from '../function-overrides';
import { discover } from '../local-catalogue';
import { LocalLake } from '../local-lake';

export interface ServicesOptions {
  readonly selected: Selected;
  readonly lake: LocalLake;
  readonly folder: ExecutionFolder;
  readonly log: FunctionLog;
  /** What the source's function gets besides the lake. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly table: TableWatch;
  readonly emit: Emit;
}

export interface Services {
  readonly functions: LocalFunctions;
  readonly integrations: Integrations;
  close(): Promise<void>;
}

/** What one execution works with on this machine. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { selected: { pipeline, source }, lake, folder, log, overrides, table, emit } = options;
  const outbox = (message: Message) => {
    folder.tell(message);
    if (message.to === 'sns') {
      emit({ type: 'notice', source: source.name, subject: message.subject ?? message.text.split('\n')[0], path: folder.messages });
    }
  };
  const onWarning = (message: string) => emit({ type: 'warning', source: source.name, message });
  const crawlers = new LocalCrawlers({
    crawlers: pipeline.sources.map(({ crawler }) => crawler),
    file: lake.folder.crawlers,
    crawl: async (crawler) => table.crawled(crawler, await discover(crawler, lake.folder, onWarning)),
    patienceMs: 15_000,
  });
  const glue = { catalog: new LocalCatalog(lake.folder.catalog), crawlers };
  const aws = await startLocalAws(glue, outbox);
  const functions = new LocalFunctions(pipeline.workflow.functions, {
    overrides: { ...aws.environment, ...lakeOverrides(lake) },
    own: { [source.function.arn]: overrides },
    log,
  });
  const athena = new ReadyAthena(lake.folder);
  const executions: LocalServices['executions'] = {
    statusOf: (arn) => findExecution(lake.folder.runs, arn.slice(arn.lastIndexOf(':') + 1))?.status,
  };
  return {
    functions,
    integrations: localTasks({ functions, glue, athena, s3: lake.endpoint, outbox, executions }),
    close: async () => {
      await functions.close();
      await crawlers.close();
      await athena.close();
      await aws.close();
    },
  };
}
