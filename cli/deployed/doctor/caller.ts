import { GetDataLakePrincipalCommand, LakeFormationClient } from '@aws-sdk/client-lakeformation';
import { PipelineStack } from '../../assembly/lake-model';
import { CommandError } from '../../errors';
import { callAws } from '../aws-error';

/** Who asks, and where a stack would stand. */
export interface Caller {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** The role or user, without its session. */
  readonly arn: string;
}

/** @throws CommandError `OTHER_ACCOUNT` when the credentials are not of the stack's account. */
export async function callerFor({ account, region }: PipelineStack): Promise<Caller> {
  const client = new LakeFormationClient(region === undefined ? {} : { region });
  const { Identity: arn = '' } = await callAws('tell who is asking', () => client.send(new GetDataLakePrincipalCommand({})));
  const [, partition = 'aws', , , own = ''] = arn.split(':');
  if (account !== undefined && account !== own) {
    throw new CommandError('OTHER_ACCOUNT', `the stack is for account ${account}, and the credentials are of account ${own}`, {
      hint: `use credentials of account ${account}`,
    });
  }
  const session = /:assumed-role\/([^/]+)\//.exec(arn);
  return {
    partition,
    account: own,
    region: await callAws('find the region', () => client.config.region()),
    arn: session ? `arn:${partition}:iam::${own}:role/${session[1]}` : arn,
  };
}

/** A text of the template with its pseudo parameters filled in. */
export function inPlace(text: string, { partition, account, region }: Caller): string {
  const values: Record<string, string> = { 'AWS::Partition': partition, 'AWS::AccountId': account, 'AWS::Region': region };
  return text.replace(/\$\{(AWS::\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
