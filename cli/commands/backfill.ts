import { InvalidArgumentError } from 'commander';
import { addExtractOptions } from './common-options';
import { lazy } from './lazy';
import { refuseLocalFlags } from './local-only';
import { selectPipelines, selectSources } from './select';
import { Verb } from './verb';
import { DEFAULT_BACKFILL_CONCURRENCY } from '../../src/spec/backfill';
import { checkBackfill } from '../runs/check-backfill';

export const backfill: Verb = {
  name: 'backfill',
  summary: 'read a part of a source again, window by window, beside its own runs',
  arguments: '<source>',
  argumentHelp: 'source with Incremental.timeWindow, or Incremental.cursor with a target',
  examples: [
    'datalake backfill --local orders --from 2025-01-01 --to 2025-02-01 --step 1d',
    'datalake backfill events --from 0 --to 5000000 --step 100000 --concurrency 2   in the deployed stack',
  ],
  options: (command) => {
    command
      .requiredOption('--from <begin>', 'begin of the first window: an ISO 8601 time, or an integer')
      .requiredOption('--to <end>', 'end of the last window, which is not part of it')
      .requiredOption('--step <length>', 'length of a window: 6h, 1d, PT6H, or a count of integers')
      .option('--concurrency <number>', 'windows under way at a time', wholeNumber, DEFAULT_BACKFILL_CONCURRENCY);
    addExtractOptions(command);
  },
  run: async ({ options, lake, emit, model }, names) => {
    if (!options.local) {
      refuseLocalFlags(options);
    }
    const [selected] = selectSources(selectPipelines(await model(), options), names);
    const { from, to, step, concurrency } = options as unknown as Record<'from' | 'to' | 'step', string> & { concurrency: number };
    const asked = { from, to, step, concurrency };
    checkBackfill(selected, asked);
    const { name } = selected.source;
    const command = `datalake backfill${options.local ? ' --local' : ''} ${name} --from ${from} --to ${to} --step ${step}`;
    const request = { input: { backfill: asked }, command };
    return options.local
      ? (await lazy.localRequest()).requestLocally(selected, { lake, emit, request, url: options.url?.[name], port: options.port })
      : (await lazy.deployed()).requestDeployed(selected, { emit, request });
  },
};

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) {
    throw new InvalidArgumentError('Expected a whole number.');
  }
  return Number(text);
}
