import { Violation } from '../../../src/spec';
import { ExtractorError } from '../errors';

const MOST_TOLD = 5;

export const violationText = ({ pointer, message }: Violation) => `${pointer === '' ? 'the record' : pointer} ${message}`;

export function contractViolated(source: string, place: { page: number; record: number }, violations: readonly Violation[]): ExtractorError {
  const told = violations.slice(0, MOST_TOLD);
  return new ExtractorError('CONTRACT_VIOLATED', `source "${source}", page ${place.page}, record ${place.record} breaks the contract: ${told.map(violationText).join('; ')}. `
    + 'Nothing of the run was committed. Correct the contract or the API, or quarantine such records with Contract.freeze or Contract.evolve',
  { retryable: false, details: { source, ...place, violations: told } });
}

/** @param reasons the most frequent ones first, with how many records have them */
export function tooManyQuarantined(
  source: string,
  counts: { records: number; quarantined: number },
  allowed: number,
  reasons: readonly [string, number][],
): ExtractorError {
  const all = counts.records + counts.quarantined;
  const told = reasons.slice(0, MOST_TOLD);
  return new ExtractorError('QUARANTINE_RATIO', `source "${source}": ${counts.quarantined} of ${all} records break the contract, and at most ${Number((allowed * 100).toFixed(2))}% may `
    + `(${told.map(([reason, count]) => `${count}x ${reason}`).join('; ')}). Nothing of this was committed. `
    + 'Correct the contract if the API has changed, or raise maxQuarantineRatio',
  { retryable: false, details: { source, ...counts, maxQuarantineRatio: allowed, reasons: Object.fromEntries(told) } });
}
