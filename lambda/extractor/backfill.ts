import { ExtractorError } from './errors';
import { BackfillRange, backfillUnit, parseBound, RunRequest, SourceSpec } from '../../src/spec';

/**
 * The part of the source that a request asks for.
 *
 * @throws ExtractorError REQUEST_INVALID when the source has no such parts, or the run would not be the same when it is repeated.
 */
export function readBackfill(request: RunRequest | undefined, { source, incremental }: SourceSpec): BackfillRange | undefined {
  const range = request?.backfill;
  if (range === undefined) {
    return undefined;
  }
  const unit = backfillUnit(incremental);
  if (unit === undefined) {
    throw invalid(`backfill: requests of source "${source}" cannot ask for a part of it; it takes Incremental.timeWindow, or Incremental.cursor with a target`);
  }
  const [from, to] = [range.from, range.to].map((bound) => (typeof bound === 'string' ? parseBound(unit === 'integer' ? 'integer' : 'iso8601', bound) : undefined));
  if (from === undefined || to === undefined || to <= from) {
    throw invalid(`backfill: got ${JSON.stringify(range)}, expected { from, to } as ${unit === 'integer' ? 'integers' : 'ISO 8601 times'}, to behind from`);
  }
  if (request!.runId === undefined || request!.scheduledTime === undefined || request!.redrive !== undefined) {
    throw invalid('backfill: needs a runId, which names the stream, and a scheduledTime, which names its partition; and no redrive');
  }
  return { from: range.from, to: range.to };
}

const invalid = (message: string) => new ExtractorError('REQUEST_INVALID', message, { retryable: false });
