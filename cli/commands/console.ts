import { addAppOptions } from './common-options';
import { lazy } from './lazy';
import { selectPipelines } from './select';
import { Verb } from './verb';

export const athenaConsole: Verb = {
  name: 'console',
  summary: 'print the address of the Athena console for the deployed workgroup',
  examples: ['datalake console --open   also open it in the browser'],
  options: (command) => {
    command.option('--open', 'open the address in the browser');
    addAppOptions(command);
  },
  run: async (context) => {
    const pipelines = selectPipelines(await context.model(), context.options);
    return (await lazy.deployed()).consoleOf(pipelines, { open: context.options.open === true, emit: context.emit });
  },
};
