import { LocalLake } from './local-lake';
import { thisMachine } from './this-machine';
import { ENV_ALLOWED_HOSTS, ENV_API_URL, ENV_LEASE_SECONDS, ENV_QUIET_SECONDS } from '../../src/spec/environment';
import { ENV_LINEAGE_LAKE_ONLY } from '../../src/spec/lineage-spec';
import { LambdaFunction, Source } from '../assembly/lake-model';
import { CommandError } from '../errors';

/**
 * The local S3 and everyone who writes to it die together, so that a run which does not renew its lease is
 * certainly dead: a rerun after a kill waits this long, not AWS's minute and a half.
 */
const LOCAL_LEASE_SECONDS = 2;
const LOCAL_QUIET_SECONDS = 0;

type Variables = Readonly<Record<string, string>>;

/** What every function gets on the laptop. */
export const lakeOverrides = ({ endpoint }: LocalLake): Variables => ({ AWS_ENDPOINT_URL_S3: endpoint, [ENV_LINEAGE_LAKE_ONLY]: 'true' });

/** What a source's function gets besides. `url` replaces its endpoint. */
export function sourceOverrides({ name, function: fn }: Source, url: string | undefined): Variables {
  const given: Variables = url === undefined ? {} : { [ENV_API_URL]: url };
  requireResolved(fn, `source "${name}"`, { given, hint: (open) => (open.includes(ENV_API_URL) ? `give its endpoint: --url ${name}=URL` : undefined) });
  const host = thisMachine(url ?? fn.environment[ENV_API_URL] ?? '');
  return {
    ...given,
    ...(host === undefined ? {} : { [ENV_ALLOWED_HOSTS]: host }),
    [ENV_LEASE_SECONDS]: String(LOCAL_LEASE_SECONDS),
    [ENV_QUIET_SECONDS]: String(LOCAL_QUIET_SECONDS),
  };
}

interface Given {
  readonly given?: Variables;
  readonly hint?: (open: readonly string[]) => string | undefined;
}

/** @throws CommandError `UNRESOLVED_VALUE` when a variable has no value before the stack is deployed. */
export function requireResolved(fn: LambdaFunction, what: string, { given = {}, hint }: Given = {}): void {
  const open = Object.entries(fn.unresolved).filter(([name]) => !(name in given));
  if (open.length > 0) {
    const why = open.map(([name, reason]) => `${name}: ${reason}`).join('; ');
    const variables = open.map(([name]) => name);
    throw new CommandError('UNRESOLVED_VALUE', `${what} cannot run on this machine: ${why}`, { hint: hint?.(variables), details: { variables } });
  }
}
