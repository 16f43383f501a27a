import { addAppOptions, addLakeOption, addLocalOption } from './common-options';
import { lazy } from './lazy';
import { selectPipelines, selectSources } from './select';
import { Verb } from './verb';

export const crawl: Verb = {
  name: 'crawl',
  summary: 'discover the tables of sources from what is stored',
  arguments: '[source...]',
  argumentHelp: 'sources to crawl (default: all)',
  examples: [
    'datalake crawl --local   as the Glue crawler does it, on this machine',
    'datalake crawl users     start the deployed crawler and wait for it',
  ],
  options: (command) => {
    addLocalOption(command);
    addLakeOption(command);
    addAppOptions(command);
  },
  run: async (context, names) => {
    const { options, lake, emit } = context;
    const selected = selectSources(selectPipelines(await context.model(), options), names);
    return options.local
      ? (await lazy.localCatalogue()).crawlLocally(selected, { lake, emit })
      : (await lazy.deployed()).crawlDeployed(selected, { emit });
  },
};
