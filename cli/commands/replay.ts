import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { selectPipelines, selectSources } from './select';
import { Verb } from './verb';
import { Selected } from '../assembly/lake-model';
import { UsageError } from '../errors';

export const replay: Verb = {
  name: 'replay',
  summary: 'do again what follows the extraction of a run, over what it stored: table, rules, transforms',
  arguments: '<run>',
  argumentHelp: 'id of a run that is over, or of a backfill',
  examples: ['datalake replay --local 20250630T040000Z-3fa2c1', 'datalake replay 20250630T040000Z --source orders   in the deployed stack'],
  options: (command) => {
    addLocalOption(command);
    command.option('--source <name>', 'source of the run (default: the one that has it)');
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async ({ options, lake, emit, model }, [runId]) => {
    const sources = selectSources(selectPipelines(await model(), options), typeof options.source === 'string' ? [options.source] : []);
    const request = { input: { replay: runId }, command: `datalake replay${options.local ? ' --local' : ''} ${runId}` };
    if (!options.local) {
      return (await lazy.deployed()).requestDeployed(oneOf(sources, runId), { emit, request });
    }
    const { requestLocally, sourcesOfRun } = await lazy.localRequest();
    lake.require();
    const owners = sourcesOfRun(sources, runId, lake);
    return requestLocally(oneOf(owners.length === 0 ? sources : owners, runId), { lake, emit, request });
  },
};

/** Runs of several sources may have one id: it is made of their scheduled time. */
function oneOf(sources: readonly Selected[], runId: string): Selected {
  if (sources.length > 1) {
    throw new UsageError(`run "${runId}" may be of several sources: ${sources.map(({ source }) => source.name).join(', ')}`, {
      code: 'AMBIGUOUS_SOURCE', hint: `name it with --source ${sources[0].source.name}`,
    });
  }
  return sources[0];
}
