import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../core/acknowledge';
import { checkDays, checkRegion } from '../core/checks';
import { dataRemovalPolicy, deletesData } from '../core/deletion';
import { Problems } from '../core/problems';
import { AccessLogsBucket } from '../storage/access-logs-bucket';
import { checkEncryption, chosenKey, Encryption } from '../storage/lake-encryption';
import { logAccess } from '../storage/log-access';
import { encryptedWith, SECURE_BUCKET } from '../storage/secure-bucket';

/** Days that a query's results are kept; Athena can always compute them again. */
export const DEFAULT_RESULT_DAYS = 30;

/** Options of a ResultsBucket. */
export interface ResultsBucketProps {
  /**
   * Whose keys encrypt the results.
   *
   * @default Encryption.customerManaged()
   */
  readonly encryption?: Encryption;

  /**
   * Key that encrypts the results.
   *
   * @default - a new key with rotation, unless `encryption` says otherwise
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Bucket that receives the server access logs.
   *
   * @default - a new AccessLogsBucket
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * How long results are kept.
   *
   * @default Duration.days(30)
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
 * The bucket of query results.
 *
 * Apart from the lake's: Lake Formation does not protect results, and their location cannot be registered.
 */
export class ResultsBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: ResultsBucketProps = {}) {
    super(scope, id);
    this.checkProps(props);
    const accessLogsBucket = props.accessLogsBucket ?? new AccessLogsBucket(this, 'AccessLogs', { removalPolicy: props.removalPolicy }).bucket;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...SECURE_BUCKET,
      ...encryptedWith(chosenKey(this, props, 'Encrypts query results')),
      lifecycleRules: [{
        id: 'expire-results',
        expiration: props.expiration ?? Duration.days(DEFAULT_RESULT_DAYS),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      }],
      removalPolicy: dataRemovalPolicy(this, props.removalPolicy),
      autoDeleteObjects: deletesData(this, props.removalPolicy),
    });
    acknowledge(this.bucket, 'results can be queried again at any time, and expire',
      ['HIPAA.Security-S3BucketReplicationEnabled', 'NIST.800.53.R5-S3BucketReplicationEnabled', 'PCI.DSS.321-S3BucketReplicationEnabled']);
    logAccess(this.bucket, accessLogsBucket, 'results/');
  }

  private checkProps(props: ResultsBucketProps): void {
    const problems = new Problems(this);
    checkDays(problems, 'expiration', props.expiration);
    checkEncryption(problems, props, this);
    checkRegion(problems, 'accessLogsBucket', props.accessLogsBucket, this);
    problems.throwIfAny();
  }
}
