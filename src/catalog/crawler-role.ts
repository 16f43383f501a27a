import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { catalogArns } from './catalog-arns';
import { RolePolicy } from '../core/role-policy';
import { bucketKeyStatements, keyStatements, KMS_READ, listStatement, objectStatement } from '../storage/lake-access';

/** Options of a CrawlerRole. */
export interface CrawlerRoleProps {
  /** Bucket that is crawled. */
  readonly bucket: s3.IBucket;

  /** Prefix that is crawled, such as `raw/`. */
  readonly prefix: string;

  /** Database that receives the tables. */
  readonly databaseName: string;

  /**
   * Key that encrypts the crawlers' logs.
   *
   * @default - no access to a key but the bucket's
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether Lake Formation hands out the access to S3. Otherwise the role reads the prefix itself.
   *
   * @default false
   */
  readonly useLakeFormationCredentials?: boolean;
}

/** The role of a lake's crawlers: reads one prefix, writes the tables of one database. */
export class CrawlerRole extends Construct {
  /** The role. */
  readonly role: iam.Role;
  /** Its permissions. */
  readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: CrawlerRoleProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('glue.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: 'Crawls a data lake',
    });
    this.policy = new RolePolicy(this, 'Policy', {
      description: 'Crawls a data lake',
      statements: [...this.catalogStatements(props), ...this.dataStatements(props), ...this.logStatements(props)],
      roles: [this.role],
    });
  }

  private catalogStatements(props: CrawlerRoleProps): iam.PolicyStatement[] {
    return [new iam.PolicyStatement({
      actions: [
        'glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:CreateTable', 'glue:UpdateTable',
        'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition', 'glue:BatchCreatePartition', 'glue:UpdatePartition',
      ],
      resources: catalogArns(this, props.databaseName),
    })];
  }

  private dataStatements(props: CrawlerRoleProps): iam.PolicyStatement[] {
    if (props.useLakeFormationCredentials === true) {
      // The service knows no resources.
      return [new iam.PolicyStatement({ actions: ['lakeformation:GetDataAccess'], resources: ['*'] })];
    }
    return [
      objectStatement(props.bucket, ['s3:GetObject'], [`${props.prefix}*`]),
      listStatement(props.bucket, [`${props.prefix}*`]),
      new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [props.bucket.bucketArn] }),
      ...bucketKeyStatements(props.bucket, KMS_READ),
    ];
  }

  /** With a security configuration Glue writes to log groups of its own naming and encrypts them itself. */
  private logStatements(props: CrawlerRoleProps): iam.PolicyStatement[] {
    const { encryptionKey } = props;
    const logGroups = Stack.of(this).formatArn({
      service: 'logs', resource: 'log-group', resourceName: '/aws-glue/crawlers*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return [
      new iam.PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', ...(encryptionKey ? ['logs:AssociateKmsKey'] : [])],
        resources: [logGroups],
      }),
      // The action knows no resources.
      ...(encryptionKey ? [new iam.PolicyStatement({ actions: ['glue:GetSecurityConfiguration'], resources: ['*'] })] : []),
      ...keyStatements(encryptionKey, KMS_READ),
    ];
  }
}
