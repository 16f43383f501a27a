import { LakeModel, Pipeline, Selected } from '../assembly/lake-model';
import { UsageError } from '../errors';

export interface Choice {
  readonly stack?: string;
  readonly pipeline?: string;
}

/** The pipelines that `--stack` and `--pipeline` leave. */
export function selectPipelines(model: LakeModel, { stack, pipeline }: Choice): readonly Pipeline[] {
  const inStack = model.pipelines.filter((one) => stack === undefined || one.stack.id === stack || one.stack.name === stack);
  if (inStack.length === 0) {
    throw unknown('UNKNOWN_STACK', `no stack "${stack}" holds a pipeline`, 'stacks with one', model.pipelines.map((one) => one.stack.id));
  }
  const chosen = inStack.filter((one) => pipeline === undefined || one.path === pipeline || one.path.endsWith(`/${pipeline}`));
  if (chosen.length === 0) {
    throw unknown('UNKNOWN_PIPELINE', `there is no pipeline "${pipeline}"`, 'pipelines', inStack.map((one) => one.path));
  }
  return chosen;
}

/** The sources named, or all; each name once. */
export function selectSources(pipelines: readonly Pipeline[], names: readonly string[]): readonly Selected[] {
  const all = pipelines.flatMap((pipeline) => pipeline.sources.map((source) => ({ pipeline, source })));
  requireSources(all, names);
  const chosen = names.length === 0 ? all : all.filter(({ source }) => names.includes(source.name));
  const twice = chosen.filter(({ source }) => chosen.filter((other) => other.source.name === source.name).length > 1);
  if (twice.length > 0) {
    const where = twice.map(({ pipeline }) => pipeline.path);
    throw new UsageError(`source "${twice[0].source.name}" stands in several pipelines: ${where.join(', ')}`, {
      code: 'AMBIGUOUS_SOURCE', hint: `choose one with --pipeline ${where[0]}, or with --stack`,
    });
  }
  return chosen;
}

/** @throws UsageError for a name that is no source. */
export function requireSources(selected: readonly Selected[], names: readonly string[]): void {
  const known = selected.map(({ source }) => source.name);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) {
    throw unknown('UNKNOWN_SOURCE', `there is no source "${wrong}"`, 'sources', known);
  }
}

/** The one pipeline that a query is asked of. */
export function selectOnePipeline(pipelines: readonly Pipeline[]): Pipeline {
  const databases = new Set(pipelines.map((one) => `${databaseOf(one)} ${one.workgroup.name}`));
  if (databases.size > 1) {
    throw new UsageError(`the app has several pipelines: ${pipelines.map((one) => one.path).join(', ')}`, {
      code: 'AMBIGUOUS_PIPELINE', hint: `choose one with --pipeline ${pipelines[0].path}, or with --stack`,
    });
  }
  return pipelines[0];
}

/** Sources of a pipeline share its lake's database. */
export const databaseOf = (pipeline: Pipeline): string => pipeline.sources[0]?.table.database ?? 'default';

export function unknown(code: string, what: string, noun: string, known: readonly string[]): UsageError {
  const list = [...new Set(known)];
  return new UsageError(`${what}; ${list.length === 0 ? `there are no ${noun}` : `${noun}: ${list.join(', ')}`}`, { code, details: { known: list } });
}
