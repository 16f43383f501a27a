import { CommonOptions } from './common-options';
import { UsageError } from '../errors';

/** Refuses flags that mean nothing for a deployed stack. */
export function refuseLocalFlags(options: CommonOptions): void {
  if (Object.keys(options.url ?? {}).length > 0) {
    throw new UsageError('--url works with --local only: a deployed function asks the endpoint in its environment variable API_URL');
  }
}

/** For verbs that only know the local lake. */
export function requireLocal(options: CommonOptions, verb: string): void {
  if (!options.local) {
    throw new UsageError(`\`datalake ${verb}\` works on the local lake only: add --local`);
  }
}
