import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { selectPipelines, selectSources } from './select';
import { Verb } from './verb';

export const status: Verb = {
  name: 'status',
  summary: 'show when each source last ran, and what its table holds',
  arguments: '[source...]',
  argumentHelp: 'sources to show (default: all)',
  examples: [
    'datalake status --local   of the lake on this machine',
    'datalake status users     in the deployed stack',
  ],
  options: (command) => {
    addLocalOption(command);
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async (context, names) => {
    const selected = selectSources(selectPipelines(await context.model(), context.options), names);
    return context.options.local
      ? (await lazy.localStatus()).localStatus(selected, context.lake)
      : (await lazy.deployed()).statusDeployed(selected);
  },
};
