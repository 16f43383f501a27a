import { planOf } from './source-plan';
import { BackfillRequest, planBackfill } from '../../src/spec';
import { Selected } from '../assembly/lake-model';
import { UsageError } from '../errors';

/** @throws UsageError for a backfill that the workflow would refuse. */
export function checkBackfill(selected: Selected, request: BackfillRequest): void {
  const { name } = selected.source;
  const unit = planOf(selected).backfill;
  if (unit === undefined) {
    throw new UsageError(`requests of source "${name}" cannot ask for a part of it`, {
      code: 'BACKFILL_UNSUPPORTED', hint: 'give it Incremental.timeWindow, or Incremental.cursor with a target', details: { source: name },
    });
  }
  const plan = planBackfill(request, unit, Date.now());
  if (!('from' in plan)) {
    throw new UsageError(plan.join('; '), { code: 'BACKFILL_INVALID', details: { source: name, problems: plan } });
  }
}
