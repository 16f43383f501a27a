import { existsSync } from 'node:fs';
import { addLakeOption, addLocalOption } from './common-options';
import { requireLocal } from './local-only';
import { Verb } from './verb';
import { LakeLock } from '../lake/lake-lock';

export const clean: Verb = {
  name: 'clean',
  summary: 'remove the local lake with everything in it',
  examples: ['datalake clean --local'],
  options: (command) => {
    addLocalOption(command);
    addLakeOption(command);
  },
  run: async ({ options, lake, emit }) => {
    requireLocal(options, 'clean');
    if (!lake.exists()) {
      lake.refuseForeignFiles();
      return { kind: 'done', message: `nothing to remove: there is no lake in "${lake.root}"`, json: { lake: lake.root, removed: false } };
    }
    LakeLock.acquire(lake.lock);
    const kept = lake.remove();
    if (kept.length > 0) {
      emit({ type: 'warning', message: `left what no datalake command made: ${kept.join(', ')}` });
    }
    return { kind: 'done', message: `removed "${lake.root}"`, json: { lake: lake.root, removed: !existsSync(lake.root) } };
  },
};
