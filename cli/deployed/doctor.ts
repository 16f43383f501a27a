import { GetDataLakePrincipalCommand, GetDataLakeSettingsCommand, LakeFormationClient } from '@aws-sdk/client-lakeformation';
import { callAws } from './aws-error';
import { Pipeline, PipelineStack, StackGovernance } from '../assembly/lake-model';
import { asCommandError, CommandError } from '../errors';
import { Check, DoctorReport, SourceFailure } from '../render/results';

/** Looks for what a deployment of the pipelines' stacks would fail on. */
export async function doctor(pipelines: readonly Pipeline[]): Promise<DoctorReport> {
  const stacks = new Map(pipelines.map(({ stack }) => [stack.id, stack]));
  const checks: Check[] = [];
  const failures: SourceFailure[] = [];
  for (const stack of stacks.values()) {
    try {
      checks.push({ stack: stack.id, check: 'Lake Formation administrator', found: await lakeAdministrator(stack) });
    } catch (error) {
      failures.push({ source: stack.id, error: asCommandError(error, 'FAILED') });
    }
  }
  return { kind: 'doctor', checks, failures };
}

/** Only an administrator may grant on what others make: a deployment by anyone else fails at the first grant. */
async function lakeAdministrator({ account, region, governance }: PipelineStack): Promise<string> {
  if (!governance) {
    return 'not needed: IAM alone governs the lake';
  }
  const client = new LakeFormationClient(region === undefined ? {} : { region });
  const caller = await identity(client);
  if (account !== undefined && account !== caller.account) {
    throw new CommandError('OTHER_ACCOUNT', `the stack is for account ${account}, and the credentials are of account ${caller.account}`, {
      hint: `use credentials of account ${account}`,
    });
  }
  const { DataLakeSettings } = await callAws('read the data lake settings', () => client.send(new GetDataLakeSettingsCommand({})));
  const administrators = (DataLakeSettings?.DataLakeAdmins ?? []).map(({ DataLakePrincipalIdentifier: id = '' }) => id);
  return governance.addsAdministrator
    ? settingsCanChange(administrators)
    : isAdministrator(administrators, deployer(governance, caller, await callAws('find the region', () => client.config.region())), caller.account);
}

interface Caller {
  readonly partition: string;
  readonly account: string;
  /** The role or user, without its session. */
  readonly arn: string;
}

async function identity(client: LakeFormationClient): Promise<Caller> {
  const { Identity: arn = '' } = await callAws('tell who is asking', () => client.send(new GetDataLakePrincipalCommand({})));
  const [, partition = 'aws', , , account = ''] = arn.split(':');
  const session = /:assumed-role\/([^/]+)\//.exec(arn);
  return { partition, account, arn: session ? `arn:${partition}:iam::${account}:role/${session[1]}` : arn };
}

/** The role that CloudFormation takes; without one it deploys as the caller. */
function deployer({ deployingRole }: StackGovernance, { partition, account, arn }: Caller, region: string): string {
  const values: Record<string, string> = { 'AWS::Partition': partition, 'AWS::AccountId': account, 'AWS::Region': region };
  return deployingRole?.replace(/\$\{(AWS::\w+)\}/g, (text, name: string) => values[name] ?? text) ?? arn;
}

function isAdministrator(administrators: readonly string[], role: string, account: string): string {
  if (!administrators.includes(role)) {
    throw new CommandError('NOT_LAKE_ADMINISTRATOR',
      `${role} deploys the stack, is no Lake Formation administrator of account ${account}, and the app does not make it one: the first grant would fail`, {
        hint: 'ask an administrator to add it (Lake Formation console, "Administrative roles and tasks"), or leave `dataLakeSettings: false` out, so that the stack does',
        details: { role, administrators },
      });
  }
  return `${role} is one`;
}

/** A role or user that was deleted stays in the settings under its unique id, and every change of them is refused. */
function settingsCanChange(administrators: readonly string[]): string {
  const gone = administrators.filter((id) => /^A[A-Z0-9]{15,}$/.test(id));
  if (gone.length > 0) {
    throw new CommandError('LAKE_ADMINISTRATOR_GONE',
      `the data lake settings name administrators that were deleted (${gone.join(', ')}): the stack adds the deploying role to them, and the change would be refused`, {
        hint: 'remove them first (Lake Formation console, "Administrative roles and tasks")', details: { gone },
      });
  }
  return 'the stack makes the deploying role one';
}
