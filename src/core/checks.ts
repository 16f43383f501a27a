import { Duration, IResource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Problems } from './problems';

/** Whether a value is known at deployment only. */
export const isToken = (value: unknown): boolean => Token.isUnresolved(value);

/** A lifecycle rule counts whole days. */
export function checkDays(problems: Problems, property: string, duration: Duration | undefined): void {
  if (duration !== undefined && !duration.isUnresolved()) {
    const days = duration.toDays({ integral: false });
    problems.check(Number.isInteger(days) && days >= 1, property, duration.toHumanString(), 'use whole days, at least Duration.days(1)');
  }
}

/** What Glue, Athena and Lambda work with stands in their own region. */
export function checkRegion(problems: Problems, property: string, resource: IResource | undefined, scope: Construct): void {
  const { region } = Stack.of(scope);
  problems.check(resource === undefined || !differ(resource.env.region, region), property, `one in ${resource?.env.region}`,
    `use one in ${region}, the region of stack ${Stack.of(scope).node.path}`);
}

/** A lake's bucket and key belong to its account: Lake Formation's grants do not reach further here, and neither do IAM's to a key. */
export function checkAccount(problems: Problems, property: string, resource: IResource | undefined, scope: Construct): void {
  const { account } = Stack.of(scope);
  problems.check(resource === undefined || !differ(resource.env.account, account), property, `one of account ${resource?.env.account}`,
    `use one of account ${account}, the account of stack ${Stack.of(scope).node.path}`);
}

const differ = (one: string, other: string) => Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
