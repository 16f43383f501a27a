import { readFileSync } from 'node:fs';
import { errnoOf, messageOf, UsageError } from '../errors';

/** A synchronous invocation takes 6 MB (AWS Lambda developer guide, "Lambda quotas"), and each line is escaped once more. */
const MAX_BATCH_BYTES = 2_500_000;

/** The lines of a file of corrections, in batches that an invocation takes; without a file, one empty batch. */
export function readCorrections(path: string | undefined): string[][] {
  const batches: string[][] = [[]];
  let bytes = 0;
  for (const [index, line] of (path === undefined ? [] : linesOf(path)).entries()) {
    const size = Buffer.byteLength(line);
    if (size > MAX_BATCH_BYTES) {
      throw new UsageError(`line ${index + 1} of "${path}" has ${size} bytes, and a correction may have ${MAX_BATCH_BYTES}`);
    }
    if (bytes + size > MAX_BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches[batches.length - 1].push(line);
    bytes += size;
  }
  return batches;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter((line) => line.trim() !== '');
  } catch (error) {
    throw new UsageError(errnoOf(error) === 'ENOENT' ? `there is no file "${path}"` : `cannot read "${path}": ${messageOf(error)}`);
  }
}
