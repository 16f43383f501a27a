import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { selectPipelines, selectSources } from './select';
import { Verb } from './verb';
import { readCorrections } from '../runs/read-corrections';

export const redrive: Verb = {
  name: 'redrive',
  summary: 'bring quarantined records into the table: those that satisfy the contract now, or were corrected',
  arguments: '<source>',
  argumentHelp: 'source whose quarantine is judged again',
  examples: [
    'datalake redrive --local orders                          after the contract was corrected',
    'datalake redrive --local orders --file corrected.jsonl   lines of the quarantine with another "original"',
    'datalake redrive orders                                  in the deployed stack',
  ],
  options: (command) => {
    addLocalOption(command);
    command.option('--file <path>', 'corrected lines of the quarantine');
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async ({ options, lake, emit, model }, names) => {
    const corrections = readCorrections(options.file as string | undefined);
    const [selected] = selectSources(selectPipelines(await model(), options), names);
    return options.local
      ? (await lazy.localRedrive()).redriveLocally(selected, { lake, emit, corrections })
      : (await lazy.deployed()).redriveDeployed(selected, { emit, corrections });
  },
};
