import { GlueOperation } from './operation';

export const startCrawler: GlueOperation = {
  required: ['Name'],
  run: ({ crawlers }, { Name }) => {
    crawlers.start(String(Name));
    return {};
  },
};

export const getCrawler: GlueOperation = {
  required: ['Name'],
  run: async ({ crawlers }, { Name }) => ({ Crawler: await crawlers.get(String(Name)) }),
};
