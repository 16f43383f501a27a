import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { requireLocal } from './local-only';
import { selectPipelines, selectSources } from './select';
import { Verb } from './verb';

export const status: Verb = {
  name: 'status',
  summary: 'show when each source last ran, and what its table holds',
  arguments: '[source...]',
  argumentHelp: 'sources to show (default: all)',
  examples: ['datalake status --local'],
  options: (command) => {
    addLocalOption(command);
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async (context, names) => {
    requireLocal(context.options, 'status');
    const selected = selectSources(selectPipelines(await context.model(), context.options), names);
    return (await lazy.localStatus()).localStatus(selected, context.lake);
  },
};
