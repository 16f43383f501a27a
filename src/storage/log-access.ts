import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';

/** Where the access logs of a lake's bucket stand. */
export const RAW_LOG_PREFIX = 'raw/';

/**
 * Sends a bucket's server access logs to another one, whose policy lets in those of this account alone. They stand
 * under `<prefix><account>/<region>/<bucket>/YYYY/MM/DD/`, by the day of the request.
 *
 * By hand, because `serverAccessLogsBucket` lets the logs of every account in when the two stand in different
 * stacks, and needs ACLs in apps without a feature flag. An imported log bucket's policy must let logs in already.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function logAccess(bucket: s3.Bucket, accessLogsBucket: s3.IBucket, prefix: string): void {
  const { bucketName: destinationBucketName } = accessLogsBucket;
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = {
    destinationBucketName,
    logFilePrefix: prefix,
    targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: 'EventTime' } },
  };
  // A log bucket that named buckets of other stacks would make the stacks depend on each other in a circle.
  const sameStack = Stack.of(bucket) === Stack.of(accessLogsBucket);
  accessLogsBucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [accessLogsBucket.arnForObjects(`${prefix}*`)],
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ...(sameStack ? { ArnLike: { 'aws:SourceArn': bucket.bucketArn } } : {}),
    },
  }));
}
