import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AccessLogsBucket } from './access-logs-bucket';
import { checkEncryption, chosenKey, Encryption } from './lake-encryption';
import { logAccess, RAW_LOG_PREFIX } from './log-access';
import { encryptedWith, SECURE_BUCKET } from './secure-bucket';
import { checkDays, checkRegion } from '../core/checks';
import { dataRemovalPolicy, deletesData } from '../core/deletion';
import { Problems } from '../core/problems';
import { STAGING_PREFIX } from '../spec/object-keys';

/** Days that an overwritten or deleted object can still be recovered. */
export const DEFAULT_NONCURRENT_DAYS = 30;

/** Less would delete the parts of a run that waits for its next call. */
const STAGING_DAYS = 30;
const ABORT_MULTIPART_DAYS = 7;

/** Options of a RawBucket. */
export interface RawBucketProps {
  /**
   * Whose keys encrypt the objects.
   *
   * @default Encryption.customerManaged()
   */
  readonly encryption?: Encryption;

  /**
   * Key that encrypts the objects.
   *
   * @default - a new key with rotation, unless `encryption` says otherwise
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Bucket that receives the server access logs. It must not be encrypted with a customer-managed key:
   * S3 does not deliver logs to such a bucket.
   *
   * @default - a new AccessLogsBucket
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * How long an overwritten or deleted object can still be recovered.
   *
   * @default Duration.days(30)
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * What happens to bucket and key when the stack is deleted. DESTROY deletes the objects only if the app's
   * context `cdk-data-lake-pipeline:deleteData` is `true` too; otherwise all is kept.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The bucket of a data lake: encrypted, TLS only, closed to the public, logged, versioned.
 *
 * Unpublished parts of broken runs expire after 30 days, abandoned uploads after 7.
 */
export class RawBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;
  /** The key that encrypts its objects; undefined where S3's keys do. */
  readonly encryptionKey?: kms.IKey;
  /** The bucket with its server access logs. */
  readonly accessLogsBucket: s3.IBucket;

  constructor(scope: Construct, id: string, props: RawBucketProps = {}) {
    super(scope, id);
    this.checkProps(props);
    const removalPolicy = dataRemovalPolicy(this, props.removalPolicy);
    this.encryptionKey = chosenKey(this, props, 'Encrypts a data lake');
    this.accessLogsBucket = props.accessLogsBucket ?? new AccessLogsBucket(this, 'AccessLogs', { removalPolicy: props.removalPolicy }).bucket;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...SECURE_BUCKET,
      ...encryptedWith(this.encryptionKey),
      lifecycleRules: lifecycleRules(props.noncurrentVersionExpiration ?? Duration.days(DEFAULT_NONCURRENT_DAYS)),
      removalPolicy,
      autoDeleteObjects: deletesData(this, props.removalPolicy),
    });
    logAccess(this.bucket, this.accessLogsBucket, RAW_LOG_PREFIX);
  }

  private checkProps(props: RawBucketProps): void {
    const problems = new Problems(this);
    checkDays(problems, 'noncurrentVersionExpiration', props.noncurrentVersionExpiration);
    checkEncryption(problems, props, this);
    checkRegion(problems, 'accessLogsBucket', props.accessLogsBucket, this);
    problems.throwIfAny();
  }
}

function lifecycleRules(noncurrentVersionExpiration: Duration): s3.LifecycleRule[] {
  return [
    {
      id: 'expire-noncurrent-versions',
      noncurrentVersionExpiration,
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: Duration.days(ABORT_MULTIPART_DAYS),
    },
    { id: 'expire-staging', prefix: STAGING_PREFIX, expiration: Duration.days(STAGING_DAYS) },
  ];
}
