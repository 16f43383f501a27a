import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { SECURE_BUCKET } from './secure-bucket';
import { acknowledge } from '../core/acknowledge';
import { checkDays } from '../core/checks';
import { dataRemovalPolicy, deletesData } from '../core/deletion';
import { Problems } from '../core/problems';

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
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
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
    this.checkProps(props);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...SECURE_BUCKET,
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{
        id: 'expire-access-logs',
        expiration: props.expiration ?? Duration.days(DEFAULT_ACCESS_LOG_DAYS),
        noncurrentVersionExpiration: Duration.days(1),
      }],
      removalPolicy: dataRemovalPolicy(this, props.removalPolicy),
      autoDeleteObjects: deletesData(this, props.removalPolicy),
    });
    acknowledge(this.bucket, 'S3 delivers no access logs to a bucket that is encrypted with a customer-managed key by default',
      ['HIPAA.Security-S3DefaultEncryptionKMS', 'NIST.800.53.R5-S3DefaultEncryptionKMS', 'PCI.DSS.321-S3DefaultEncryptionKMS']);
  }

  private checkProps(props: AccessLogsBucketProps): void {
    const problems = new Problems(this);
    checkDays(problems, 'expiration', props.expiration);
    problems.throwIfAny();
  }
}
