import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LakeFolder } from './lake-folder';
import { RunResult } from '../../src/spec/run-result';
import { Source } from '../assembly/lake-model';
import { CommandError } from '../errors';

/** @throws CommandError `NOT_LOCAL` for a source whose function only AWS can run. */
export function requireLocal({ name, function: { notLocal } }: Source): void {
  if (notLocal !== undefined) {
    throw new CommandError('NOT_LOCAL', `source "${name}" cannot run on this machine: ${notLocal}`, {
      hint: `run it deployed, with \`datalake run ${name}\`, and name the other sources here`, details: { source: name },
    });
  }
}

/** A function of the user's own may count what it has put elsewhere. */
export function requireObjects({ name, custom, table: { bucket, prefix } }: Source, { records, partition }: RunResult, lake: LakeFolder): void {
  const folder = join(lake.bucket(bucket), prefix, partition);
  if (custom && records > 0 && !(existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.jsonl.gz')))) {
    throw new CommandError('RESULT_INVALID', `source "${name}": its function answered ${records} records, `
      + `and s3://${bucket}/${prefix}${partition}/ holds no *.jsonl.gz`, { hint: 'write there, or correct the partition of the answer', details: { source: name } });
  }
}
