import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';

interface Statement {
  readonly Action: string | string[];
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Takes an action out of every policy of a part, by its logical id. A part that does not have it is an error: nothing would be broken. */
export const without = (action: string, part: RegExp) => (stack: Stack): void => {
  const policies = stack.node.findAll().filter((one): one is CfnManagedPolicy | CfnPolicy => CfnResource.isCfnResource(one)
    && /^AWS::IAM::(Managed)?Policy$/.test(one.cfnResourceType) && part.test(stack.resolve(one.logicalId)));
  const damaged = policies.filter((policy) => {
    const document = stack.resolve(policy.policyDocument) as { Statement: Statement[] };
    const statements = document.Statement.map((statement) => ({ ...statement, Action: list(statement.Action).filter((one) => one !== action) }));
    policy.policyDocument = { ...document, Statement: statements.filter(({ Action }) => Action.length > 0) };
    return document.Statement.some((statement) => list(statement.Action).includes(action));
  });
  if (damaged.length === 0) {
    throw new Error(`no policy of ${part} allows ${action}: there are ${policies.map((one) => stack.resolve(one.logicalId)).join(', ')}`);
  }
};
