import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { dataRemovalPolicy, deletesData } from '../core/deletion';

/** Days that access logs are kept. */
export const DEFAULT_ACCESS_LOG_DAYS = 365;

/** Options of an AccessLogsBucket. */
export interface AccessLogsBucketProps {
  /**
   * How long access logs are kept.
   *
   * @default Duration.days(365)
   */
  readonly expiration?: Duration;

  /**
   * What happens to the bucket when the stack is deleted; see RawBucketProps.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Receives the server access logs of the lake's buckets.
 *
 * Encrypted with keys of S3: log delivery knows no customer-managed keys.
 */
export class AccessLogsBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: AccessLogsBucketProps = {}) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      lifecycleRules: [{
        id: 'expire-access-logs',
        expiration: props.expiration ?? Duration.days(DEFAULT_ACCESS_LOG_DAYS),
        noncurrentVersionExpiration: Duration.days(1),
      }],
      removalPolicy: dataRemovalPolicy(this, props.removalPolicy),
      autoDeleteObjects: deletesData(this, props.removalPolicy),
    });
  }
}

/**
 * Sends a bucket's server access logs to another one, whose policy lets in those of this account alone.
 *
 * By hand, because `serverAccessLogsBucket` lets the logs of every account in when the two stand in different
 * stacks, and needs ACLs in apps without a feature flag. An imported log bucket's policy must let logs in already.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function logAccess(bucket: s3.Bucket, accessLogsBucket: s3.IBucket, prefix: string): void {
  const { bucketName: destinationBucketName } = accessLogsBucket;
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName, logFilePrefix: prefix };
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
