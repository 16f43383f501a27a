import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CloudTrailAuditOptions, DEFAULT_AUDIT_LOCK_DAYS } from './audit';
import { acknowledge } from '../core/acknowledge';
import { checkDays } from '../core/checks';
import { uniqueName } from '../core/names';
import { Problems } from '../core/problems';
import { logAccess } from '../storage/log-access';
import { SECURE_BUCKET } from '../storage/secure-bucket';

/** Options of an ObjectAudit. */
export interface ObjectAuditProps extends CloudTrailAuditOptions {
  /** Bucket whose objects are watched. */
  readonly bucket: s3.IBucket;

  /**
   * Bucket that receives the access logs of the audit's own bucket.
   *
   * @default - its accesses are not logged
   */
  readonly accessLogsBucket?: s3.IBucket;
}

/** A trail of every access to a bucket's objects. Its log files are locked and validated, and stay when the stack is deleted. */
export class ObjectAudit extends Construct {
  /** Bucket of the log files. */
  readonly bucket: s3.Bucket;
  /** The trail. */
  readonly trail: cloudtrail.CfnTrail;

  constructor(scope: Construct, id: string, props: ObjectAuditProps) {
    super(scope, id);
    this.checkProps(props);
    const trailName = uniqueName(this);
    this.bucket = this.createBucket(props.lock ?? Duration.days(DEFAULT_AUDIT_LOCK_DAYS));
    if (props.accessLogsBucket) {
      logAccess(this.bucket, props.accessLogsBucket, 'audit/');
    }
    this.letIn(trailName);
    this.trail = this.createTrail(trailName, props.bucket);
    acknowledge(this, 'the files stay in their bucket, where Athena queries them; a log group would hold each event twice',
      ['HIPAA.Security-CloudTrailCloudWatchLogsEnabled', 'NIST.800.53.R5-CloudTrailCloudWatchLogsEnabled', 'PCI.DSS.321-CloudTrailCloudWatchLogsEnabled']);
    acknowledge(this, 'who may use the lake\'s key must not be able to make its audit unreadable: the files have the keys of S3',
      ['HIPAA.Security-CloudTrailEncryptionEnabled', 'NIST.800.53.R5-CloudTrailEncryptionEnabled', 'PCI.DSS.321-CloudTrailEncryptionEnabled',
        'HIPAA.Security-S3DefaultEncryptionKMS', 'NIST.800.53.R5-S3DefaultEncryptionKMS', 'PCI.DSS.321-S3DefaultEncryptionKMS']);
  }

  private checkProps({ lock }: ObjectAuditProps): void {
    const problems = new Problems(this);
    checkDays(problems, 'audit.lock', lock);
    problems.throwIfAny();
  }

  private createBucket(lock: Duration): s3.Bucket {
    return new s3.Bucket(this, 'Bucket', {
      ...SECURE_BUCKET,
      encryption: s3.BucketEncryption.S3_MANAGED,
      objectLockEnabled: true,
      objectLockDefaultRetention: s3.ObjectLockRetention.governance(lock),
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  private letIn(trailName: string): void {
    const trail = Stack.of(this).formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName });
    const conditions = { StringEquals: { 'aws:SourceArn': trail, 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const principals = [new iam.ServicePrincipal('cloudtrail.amazonaws.com')];
    this.bucket.addToResourcePolicy(new iam.PolicyStatement({ principals, conditions, actions: ['s3:GetBucketAcl'], resources: [this.bucket.bucketArn] }));
    this.bucket.addToResourcePolicy(new iam.PolicyStatement({
      principals, conditions, actions: ['s3:PutObject'], resources: [this.bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
    }));
  }

  private createTrail(trailName: string, watched: s3.IBucket): cloudtrail.CfnTrail {
    const trail = new cloudtrail.CfnTrail(this, 'Trail', {
      trailName,
      s3BucketName: this.bucket.bucketName,
      isLogging: true,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: false,
      advancedEventSelectors: [{
        name: 'Objects of the data lake',
        fieldSelectors: [
          { field: 'eventCategory', equalTo: ['Data'] },
          { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
          { field: 'resources.ARN', startsWith: [watched.arnForObjects('')] },
        ],
      }],
    });
    trail.node.addDependency(this.bucket.policy!);
    return trail;
  }
}
