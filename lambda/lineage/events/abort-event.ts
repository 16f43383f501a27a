import { facet, RunEvent } from './open-lineage';
import { ExecutionEnded } from '../../../src/spec/lineage-spec';

/** The end of a run that could not tell it itself: what its START told, with the reason. */
export function abortEvent(start: RunEvent, { detail }: ExecutionEnded, now: string): RunEvent {
  const message = [`the execution ended as ${detail.status}`, detail.error, detail.cause].filter((part) => part).join(': ');
  return {
    ...start,
    eventType: 'ABORT',
    eventTime: detail.stopDate === undefined ? now : new Date(detail.stopDate).toISOString(),
    run: { ...start.run, facets: { ...start.run.facets, errorMessage: facet('ErrorMessageRunFacet', { message, programmingLanguage: 'ASL' }) } },
  };
}
