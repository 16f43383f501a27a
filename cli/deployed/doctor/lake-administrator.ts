import { GetDataLakeSettingsCommand, LakeFormationClient } from '@aws-sdk/client-lakeformation';
import { callAws } from '../aws-error';
import { Caller, inPlace } from './caller';
import { StackGovernance } from '../../assembly/lake-model';
import { CommandError } from '../../errors';

/**
 * Only an administrator may grant on what others make: a deployment by anyone else fails at the first grant.
 *
 * @throws CommandError `NOT_LAKE_ADMINISTRATOR`, `LAKE_ADMINISTRATOR_GONE`
 */
export async function checkLakeAdministrator(governance: StackGovernance, caller: Caller): Promise<string> {
  const client = new LakeFormationClient({ region: caller.region });
  const { DataLakeSettings } = await callAws('read the data lake settings', () => client.send(new GetDataLakeSettingsCommand({})));
  const administrators = (DataLakeSettings?.DataLakeAdmins ?? []).map(({ DataLakePrincipalIdentifier: id = '' }) => id);
  return governance.addsAdministrator
    ? settingsCanChange(administrators)
    : isAdministrator(administrators, deployer(governance, caller), caller.account);
}

/** The role that CloudFormation takes; without one it deploys as the caller. */
const deployer = ({ deployingRole }: StackGovernance, caller: Caller): string =>
  (deployingRole === undefined ? caller.arn : inPlace(deployingRole, caller));

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
