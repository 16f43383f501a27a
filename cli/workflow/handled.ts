import { Handled } from './asl';
import { Frame, leave, pause, Transition } from './frame';
import { planRetry, RetryCounts } from './retry';
import { matches, StateError } from './state-error';

/** Runs a state until it ends well, is caught, or fails for good. What is no StateError is not the workflow's to handle. */
export async function withHandling(
  { Retry = [], Catch = [] }: Handled, frame: Frame, attempt: (frame: Frame) => Promise<Transition>,
): Promise<Transition> {
  const { machinery, name } = frame;
  let counts: RetryCounts = [];
  for (let retryCount = 0; ; retryCount++) {
    const trial = { ...frame, retryCount };
    try {
      return await attempt(trial);
    } catch (failure) {
      frame.place.signal.throwIfAborted();
      if (!(failure instanceof StateError)) {
        throw failure;
      }
      const { error, errorCause: cause } = failure;
      const retry = planRetry(Retry, counts, error, machinery.random);
      if (retry === undefined) {
        const catcher = Catch.find(({ ErrorEquals }) => matches(ErrorEquals, error));
        if (catcher === undefined) {
          throw failure;
        }
        machinery.record({ type: 'ErrorCaught', name, error, cause, next: catcher.Next });
        return leave(catcher, trial, { errorOutput: failure.output }, failure.output);
      }
      counts = retry.counts;
      machinery.record({ type: 'RetryScheduled', name, error, cause, seconds: retry.delaySeconds });
      await pause(trial, retry.delaySeconds, 'retry');
    }
  }
}
