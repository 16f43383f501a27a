import { addExtractOptions } from './common-options';
import { lazy } from './lazy';
import { refuseLocalFlags } from './local-only';
import { requireSources, selectPipelines, selectSources } from './select';
import { Verb, VerbContext } from './verb';
import { Selected } from '../assembly/lake-model';
import { Result } from '../render/results';

export const run: Verb = {
  name: 'run',
  summary: 'extract sources and bring their tables up to date',
  arguments: '[source...]',
  argumentHelp: 'sources to run (default: all)',
  examples: [
    'datalake run --local                                          every source, on this machine',
    'datalake run --local users --url users=http://127.0.0.1:8080/  another endpoint for one source',
    'datalake run users                                            in the deployed stack',
  ],
  options: addExtractOptions,
  run: (context, names) => forSources(context, names, { catalogue: true }),
};

/** `run` and `invoke` differ in whether the tables follow. */
export async function forSources(context: VerbContext, names: readonly string[], steps: { catalogue: boolean }): Promise<Result> {
  const { options, lake, emit } = context;
  if (!options.local) {
    refuseLocalFlags(options);
  }
  const pipelines = selectPipelines(await context.model(), options);
  const selected = selectSources(pipelines, names);
  if (!options.local) {
    return (await lazy.deployed()).runDeployed(selected, { ...steps, emit });
  }
  requireSources(allOf(pipelines), Object.keys(options.url ?? {}));
  const { runLocally, invokeLocally } = await lazy.localRun();
  return (steps.catalogue ? runLocally : invokeLocally)(selected, { lake, emit, port: options.port, urls: options.url ?? {} });
}

const allOf = (pipelines: ReturnType<typeof selectPipelines>): readonly Selected[] =>
  pipelines.flatMap((pipeline) => pipeline.sources.map((source) => ({ pipeline, source })));
