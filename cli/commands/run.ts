import { InvalidArgumentError } from 'commander';
import { addExtractOptions } from './common-options';
import { lazy } from './lazy';
import { refuseLocalFlags } from './local-only';
import { requireSources, selectPipelines, selectSources } from './select';
import { Verb, VerbContext } from './verb';
import { RUN_ID_PATTERN } from '../../src/spec/run-result';
import { Selected } from '../assembly/lake-model';
import { UsageError } from '../errors';
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
    'datalake run users --run-id 20260131T060000Z-ab12cd           goes on with a run that failed there',
  ],
  options: (command) => {
    addExtractOptions(command);
    command.option('--run-id <id>', 'in a deployed stack: identity of the run; one that failed goes on', runIdText);
  },
  run: (context, names) => forSources(context, names, { catalogue: true }),
};

/** `run` and `invoke` differ in whether the tables follow. */
export async function forSources(context: VerbContext, names: readonly string[], steps: { catalogue: boolean }): Promise<Result> {
  const { options, lake, emit } = context;
  if (options.local && options.runId !== undefined) {
    throw new UsageError('--run-id is for a deployed stack: on this machine every run is a new one');
  }
  if (!options.local) {
    refuseLocalFlags(options);
  }
  const pipelines = selectPipelines(await context.model(), options);
  const selected = selectSources(pipelines, names);
  if (!options.local) {
    const { runDeployed, invokeAllDeployed } = await lazy.deployed();
    return steps.catalogue ? runDeployed(selected, { emit, runId: oneRunId(options, selected) }) : invokeAllDeployed(selected, { emit });
  }
  requireSources(allOf(pipelines), Object.keys(options.url ?? {}));
  const { runLocally, invokeLocally } = await lazy.localRun();
  return (steps.catalogue ? runLocally : invokeLocally)(selected, { lake, emit, port: options.port, urls: options.url ?? {} });
}

const allOf = (pipelines: ReturnType<typeof selectPipelines>): readonly Selected[] =>
  pipelines.flatMap((pipeline) => pipeline.sources.map((source) => ({ pipeline, source })));

function runIdText(text: string): string {
  if (!RUN_ID_PATTERN.test(text)) {
    throw new InvalidArgumentError('Expected 1 to 80 letters, digits, hyphens and underscores.');
  }
  return text;
}

function oneRunId({ runId }: VerbContext['options'], selected: readonly Selected[]): string | undefined {
  if (runId !== undefined && selected.length !== 1) {
    throw new UsageError('--run-id is of one run: name one source');
  }
  return runId as string | undefined;
}
