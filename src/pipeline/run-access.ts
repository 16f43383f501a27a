import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EXECUTIONS_PREFIX, QUARANTINE_PREFIX, RUNS_PREFIX, STATE_PREFIX } from '../spec/object-keys';
import { bucketKeyStatements, KMS_READ, listStatement, objectStatement } from '../storage/lake-access';

/** What the `datalake` command needs to find a deployed pipeline's resources, and to tell where its sources stand. */
export function runStatements(pipeline: Construct, bucket: s3.IBucket): iam.PolicyStatement[] {
  const records = [STATE_PREFIX, RUNS_PREFIX, EXECUTIONS_PREFIX].map((prefix) => `${prefix}*`);
  return [
    new iam.PolicyStatement({ actions: ['cloudformation:DescribeStackResources'], resources: [anyStackOfThatName(Stack.of(pipeline))] }),
    objectStatement(bucket, ['s3:GetObject'], records),
    listStatement(bucket, [...records, `${QUARANTINE_PREFIX}*`]), // how much is quarantined, not what
    ...bucketKeyStatements(bucket, KMS_READ),
  ];
}

/** Asked by a stack's name, IAM decides about `stack/NAME/*`: the stack's id would not cover it. */
const anyStackOfThatName = (stack: Stack): string =>
  stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${stack.stackName}/*` });
