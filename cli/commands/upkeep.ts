import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { requireLocal } from './local-only';
import { selectPipelines } from './select';
import { Verb } from './verb';
import { UsageError } from '../errors';

export const upkeep: Verb = {
  name: 'upkeep',
  summary: 'compact curated tables and remove what no snapshot needs',
  examples: ['datalake upkeep --local'],
  options: (command) => {
    addLocalOption(command);
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async (context) => {
    const { options, lake, emit } = context;
    requireLocal(options, 'upkeep');
    const pipelines = selectPipelines(await context.model(), options).filter((one) => one.upkeep !== undefined);
    if (pipelines.length === 0) {
      throw new UsageError('no pipeline of the app has upkeep', { hint: 'give it one: upkeep: TableUpkeep.schedule(...)' });
    }
    return (await lazy.localUpkeep()).upkeepLocally(pipelines, { lake, emit });
  },
};
