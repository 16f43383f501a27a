import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lastExecution } from './execution/execution-folder';
import { summary } from './execution/summary';
import { LakeFolder } from './lake-folder';
import { quarantinePrefix, runResultPrefix, stateKey } from '../../src/spec/object-keys';
import { RunResult } from '../../src/spec/run-result';
import { SourceState } from '../../src/spec/source-state';
import { Selected } from '../assembly/lake-model';
import { LocalCatalog } from '../catalog';
import { CommandError, messageOf } from '../errors';
import { SourceStatus, StatusReport } from '../render/results';

/** What the lake's own records say of each source. */
export function localStatus(selected: readonly Selected[], lake: LakeFolder): StatusReport {
  lake.require();
  return { kind: 'status', lake: lake.root, sources: selected.map((one) => sourceStatus(one, lake)) };
}

function sourceStatus({ pipeline, source }: Selected, lake: LakeFolder): SourceStatus {
  const { bucket, database, declared } = source.table;
  const folder = lake.bucket(bucket);
  const statePath = join(folder, stateKey(source.name));
  const state = existsSync(statePath) ? read<SourceState>(statePath) : undefined;
  return {
    source: source.name,
    pipeline: pipeline.path,
    database,
    table: source.name,
    catalogued: declared !== undefined || new LocalCatalog(lake.catalog).getTable(database, source.name) !== undefined,
    lastRun: lastRun(join(folder, runResultPrefix(source.name))),
    openRun: state?.open?.runId,
    quarantineObjects: objectsBelow(join(folder, quarantinePrefix(source.name))),
    lastExecution: summary(lastExecution(lake.runs, source.name), pipeline.workflow),
  };
}

const objectsBelow = (folder: string): number =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length : 0);

function lastRun(folder: string): SourceStatus['lastRun'] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const newest = files
    .map((name) => ({ path: join(folder, name), time: statSync(join(folder, name)).mtime }))
    .sort((a, b) => b.time.getTime() - a.time.getTime())[0];
  if (newest === undefined) {
    return undefined;
  }
  const { runId, records, partition } = read<RunResult>(newest.path);
  return { runId, records, partition, finishedAt: newest.time.toISOString() };
}

function read<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    throw new CommandError('LAKE_DAMAGED', `cannot read "${path}": ${messageOf(error)}`, { details: { path }, cause: error });
  }
}
