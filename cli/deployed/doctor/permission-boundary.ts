import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient } from '@aws-sdk/client-iam';
import { callAws, isAwsError } from '../aws-error';
import { Caller, inPlace } from './caller';
import { RoleBoundary } from '../../assembly/read-boundaries';
import { CommandError } from '../../errors';

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** Most actions that a message names. */
const MAX_NAMED = 10;

/**
 * Looks for actions that a role's policies allow and its boundary does not, whatever the resource: what allows an action of some
 * resources, or refuses it under a condition, passes.
 *
 * @throws CommandError `BOUNDARY_FORBIDS`, `BOUNDARY_MISSING`
 */
export async function checkBoundary(boundary: RoleBoundary, caller: Caller): Promise<string> {
  const name = boundary.arn === undefined ? 'a boundary of this app' : inPlace(boundary.arn, caller);
  const document = boundary.document ?? (boundary.arn === undefined ? undefined : await readDocument(name, caller));
  if (document === undefined) {
    return 'known at deployment only: not looked at';
  }
  const statements = [(document as { Statement: Statement | Statement[] }).Statement].flat();
  const roles = Object.fromEntries(Object.entries(boundary.actions)
    .map(([role, actions]) => [role, actions.filter((action) => forbids(statements, action))] as const)
    .filter(([, actions]) => actions.length > 0));
  const forbidden = [...new Set(Object.values(roles).flat())].sort();
  if (forbidden.length > 0) {
    throw new CommandError('BOUNDARY_FORBIDS', `the permission boundary ${name} forbids what ${Object.keys(roles).join(', ')} must do: ${listed(forbidden)}`, {
      hint: 'have these actions allowed in the boundary, or leave out the option of the pipeline that needs them', details: { boundary: name, roles },
    });
  }
  return `${name} allows each action of ${Object.keys(boundary.actions).length} roles; which resources, and under which conditions, was not compared`;
}

async function readDocument(arn: string, caller: Caller): Promise<unknown> {
  const iam = new IAMClient({ region: caller.region });
  try {
    return await callAws(`read the permission boundary ${arn}`, async () => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }));
      return JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '')) as unknown;
    });
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntityException')) {
      throw new CommandError('BOUNDARY_MISSING', `the roles have the permission boundary ${arn}, which does not exist: no role could be made`, {
        hint: 'make the policy first, or name another', details: { boundary: arn }, cause: error,
      });
    }
    throw error;
  }
}

/** Nothing allows the action at all, or something refuses it always. */
function forbids(statements: readonly Statement[], action: string): boolean {
  const about = statements.filter((statement) => isAbout(statement, action));
  return !about.some(({ Effect }) => Effect === 'Allow')
    || about.some(({ Effect, Resource, Condition }) => Effect === 'Deny' && [Resource].flat().includes('*') && Condition === undefined);
}

const isAbout = ({ Action, NotAction }: Statement, action: string): boolean =>
  (NotAction === undefined ? matches(Action, action) : !matches(NotAction, action));

/** IAM's wildcards; actions have no case. */
const matches = (patterns: Statement['Action'], action: string): boolean => [patterns ?? []].flat()
  .some((pattern) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 'i').test(action));

const listed = (actions: readonly string[]): string =>
  `${actions.slice(0, MAX_NAMED).join(', ')}${actions.length > MAX_NAMED ? `, and ${actions.length - MAX_NAMED} more` : ''}`;
