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
    new iam.PolicyStatement({ actions: ['cloudformation:DescribeStackResources'], resources: [Stack.of(pipeline).stackId] }),
    objectStatement(bucket, ['s3:GetObject'], records),
    listStatement(bucket, [...records, `${QUARANTINE_PREFIX}*`]), // how much is quarantined, not what
    ...bucketKeyStatements(bucket, KMS_READ),
  ];
}
