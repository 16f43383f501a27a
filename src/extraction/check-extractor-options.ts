import { Duration } from 'aws-cdk-lib';
import { DEFAULT_TIMEOUT_MINUTES, ExtractorOptions } from './extractor-options';
import { isToken } from '../core/checks';
import { Problems } from '../core/problems';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MIN_MEMORY = 128;
const MAX_MEMORY = 10240;
const MAX_TIMEOUT = Duration.minutes(DEFAULT_TIMEOUT_MINUTES);

export function checkExtractorOptions({ memorySize, timeout }: ExtractorOptions, problems: Problems): void {
  if (memorySize !== undefined && !isToken(memorySize)) {
    const ok = Number.isInteger(memorySize) && memorySize >= MIN_MEMORY && memorySize <= MAX_MEMORY;
    problems.check(ok, 'memorySize', memorySize, `Lambda takes whole MiB from ${MIN_MEMORY} to ${MAX_MEMORY}`);
  }
  if (timeout !== undefined && !timeout.isUnresolved()) {
    const seconds = timeout.toSeconds({ integral: false });
    const ok = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TIMEOUT.toSeconds();
    problems.check(ok, 'timeout', timeout.toHumanString(),
      `Lambda takes whole seconds up to Duration.minutes(${DEFAULT_TIMEOUT_MINUTES}); a run that needs more goes on in the next call`);
  }
}
