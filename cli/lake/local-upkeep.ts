import { deploy } from './deploy-catalogue';
import { ExecutionFolder } from './execution/execution-folder';
import { ReadyAthena } from './execution/ready-athena';
import { LakeFolder } from './lake-folder';
import { withLock } from './local-lake';
import { Pipeline } from '../assembly/lake-model';
import { LocalCatalog } from '../catalog';
import { CommandError } from '../errors';
import { LocalCrawlers } from '../glue';
import { Emit } from '../render/events';
import { Result } from '../render/results';
import { newRunId } from '../runs/run-id';
import { runWorkflow } from '../workflow';
import { localTasks, LocalServices } from '../workflow/tasks';

/** Where its executions stand among those of sources; no source has such a name. */
const FOLDER = '_upkeep';

interface LookedAfter {
  readonly table: string;
  readonly missing?: boolean;
}

/** Runs the upkeep workflow of each pipeline. Curated tables are compacted on this machine as `OPTIMIZE` and `VACUUM` say. */
export async function upkeepLocally(pipelines: readonly Pipeline[], { lake, emit }: { lake: LakeFolder; emit: Emit }): Promise<Result> {
  lake.require();
  return withLock(lake, async () => {
    const tables: LookedAfter[] = [];
    for (const pipeline of pipelines) {
      tables.push(...await upkeepOf(pipeline, lake, emit));
    }
    const done = tables.filter(({ missing }) => missing !== true).map(({ table }) => table);
    const missing = tables.filter((one) => one.missing).map(({ table }) => table);
    const message = [
      done.length > 0 ? `looked after ${done.join(', ')}` : 'nothing to look after',
      ...(missing.length > 0 ? [`not there yet: ${missing.join(', ')}`] : []),
    ].join('; ');
    return { kind: 'done', message, json: { tables: done, missing } };
  });
}

async function upkeepOf(pipeline: Pipeline, lake: LakeFolder, emit: Emit): Promise<readonly LookedAfter[]> {
  const { definition, arn } = pipeline.upkeep!;
  const name = newRunId();
  const catalog = new LocalCatalog(lake.catalog);
  deploy(pipeline, catalog);
  const folder = ExecutionFolder.create(lake.runs, FOLDER, name);
  const athena = new ReadyAthena(lake);
  const services: LocalServices = {
    functions: { invoke: () => undefined },
    glue: { catalog, crawlers: new LocalCrawlers({ crawlers: [], file: lake.crawlers, crawl: async () => undefined }) },
    athena,
    s3: '', // the workflow reaches S3 through Athena only
    outbox: (message) => folder.tell(message),
    executions: { statusOf: () => undefined },
  };
  try {
    emit({ type: 'note', message: `upkeep of ${pipeline.path}` });
    const outcome = await runWorkflow({
      definition, machineArn: arn, name, input: {}, integrations: localTasks(services), onEvent: (event) => folder.record(event),
    });
    if (outcome.status !== 'SUCCEEDED') {
      throw new CommandError(outcome.error, outcome.cause, { hint: `read ${folder.history}`, details: { pipeline: pipeline.path, history: folder.history } });
    }
    return (outcome.output as { tables: readonly LookedAfter[] }).tables;
  } finally {
    await athena.close();
    folder.close();
  }
}
