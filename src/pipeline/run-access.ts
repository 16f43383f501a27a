import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** What the `datalake` command needs to find a deployed pipeline's resources. */
export function runStatements(pipeline: Construct): iam.PolicyStatement[] {
  return [new iam.PolicyStatement({
    actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackResources', 'cloudformation:ListStackResources'],
    resources: [Stack.of(pipeline).stackId],
  })];
}
