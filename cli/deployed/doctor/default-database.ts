import { GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { StackGovernance } from '../../assembly/lake-model';
import { CommandError, messageOf } from '../../errors';
import { isAwsError } from '../aws-error';

/**
 * Some clients of Athena ask for the database `default` first, and a grant on one that does not exist fails.
 *
 * @throws CommandError `DEFAULT_DATABASE_MISSING`
 * @see https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
 */
export async function checkDefaultDatabase({ grantsDefaultDatabase }: StackGovernance, region: string): Promise<string> {
  try {
    await new GlueClient({ region }).send(new GetDatabaseCommand({ Name: 'default' }));
  } catch (error) {
    if (!isAwsError(error, 'EntityNotFoundException')) {
      return `not looked at: ${messageOf(error)}`;
    }
    if (grantsDefaultDatabase) {
      throw new CommandError('DEFAULT_DATABASE_MISSING', 'the stack lets readers see the database `default`, which the account does not have: the grant would fail', {
        hint: 'make it (`aws glue create-database --database-input Name=default`), or leave `describeDefaultDatabase` out',
      });
    }
    return 'the account has none, and nobody is granted to see it';
  }
  return grantsDefaultDatabase ? 'it exists, and readers are granted to see it'
    : 'it exists, and readers are not granted to see it: if a client of Athena asks for it, turn on `describeDefaultDatabase`';
}
