import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ACCESS_LOGS, LogTable, OBJECT_EVENTS } from './log-tables';
import { catalogArns } from '../catalog/catalog-arns';
import { dataRemovalPolicy } from '../core/deletion';
import { grantStatements } from '../core/grant-statements';
import { DEFAULT_ACCESS_LOG_DAYS } from '../storage/access-logs-bucket';
import { listStatement, objectStatement } from '../storage/lake-access';
import { RAW_LOG_PREFIX } from '../storage/log-access';

/** Partition key of the tables: a day as YYYY/MM/DD. */
const DAY = 'day';

/** Years of CloudTrail's files that queries see. */
const TRAIL_YEARS = 10;

interface LogPlace {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
}

/** Options of AuditTables. */
export interface AuditTablesProps {
  /** Name of the database. */
  readonly databaseName: string;

  /** Bucket whose objects are asked for. */
  readonly bucket: s3.IBucket;

  /**
   * Bucket with its server access logs, by day.
   *
   * @default - no table of them
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * Bucket with CloudTrail's files.
   *
   * @default - no table of them
   */
  readonly trailBucket?: s3.IBucket;

  /**
   * What happens to the definitions when the stack is deleted; see RawBucketProps.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Tables that tell who asked for which object of a lake, for Athena: `access_logs` and `object_events`, partitioned by `day`
 * (`WHERE day = '2026/01/31'`), with nothing to load. They stand in a database of their own, which IAM governs: no grant on the lake reaches them.
 *
 * Under Lake Formation S3 is asked by the role that the locations are registered with, on behalf of the reader: who that was stands in
 * CloudTrail's events of `lakeformation:GetDataAccess`.
 */
export class AuditTables extends Construct {
  /** The database. */
  readonly database: glue.CfnDatabase;
  /** Its name. */
  readonly databaseName: string;

  private readonly locations: LogPlace[] = [];

  constructor(scope: Construct, id: string, props: AuditTablesProps) {
    super(scope, id);
    this.databaseName = props.databaseName;
    this.database = this.createDatabase(props);
    const { account, region } = Stack.of(this);
    if (props.accessLogsBucket) {
      const prefix = `${RAW_LOG_PREFIX}${account}/${region}/${props.bucket.bucketName}/`;
      this.addTable('AccessLogs', ACCESS_LOGS, { bucket: props.accessLogsBucket, prefix }, `NOW-${DEFAULT_ACCESS_LOG_DAYS}DAYS`);
    }
    if (props.trailBucket) {
      this.addTable('ObjectEvents', OBJECT_EVENTS, { bucket: props.trailBucket, prefix: `AWSLogs/${account}/CloudTrail/${region}/` }, `NOW-${TRAIL_YEARS}YEARS`);
    }
  }

  /** Lets someone query the tables. A workgroup is granted by itself: `workgroup.grantQuery`. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantStatements(grantee, [
      new iam.PolicyStatement({ actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables'], resources: catalogArns(this, this.databaseName) }),
      ...this.locations.flatMap(({ bucket, prefix }) => [
        objectStatement(bucket, ['s3:GetObject'], [`${prefix}*`]),
        listStatement(bucket, [`${prefix}*`]),
        new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [bucket.bucketArn] }),
      ]),
    ]);
  }

  private createDatabase({ databaseName, removalPolicy }: AuditTablesProps): glue.CfnDatabase {
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: databaseName,
        description: 'Who asked for which object of a data lake',
        createTableDefaultPermissions: [{ permissions: ['ALL'], principal: { dataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' } }],
      },
    });
    database.applyRemovalPolicy(dataRemovalPolicy(this, removalPolicy));
    return database;
  }

  /** @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html#partition-projection-date-type */
  private addTable(id: string, { name, description, columns, inputFormat, serde }: LogTable, place: LogPlace, first: string): void {
    this.locations.push(place);
    const location = place.bucket.s3UrlForObject(place.prefix);
    const table = new glue.CfnTable(this, id, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.databaseName,
      tableInput: {
        name,
        description,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          'EXTERNAL': 'TRUE',
          'projection.enabled': 'true',
          [`projection.${DAY}.type`]: 'date',
          [`projection.${DAY}.format`]: 'yyyy/MM/dd',
          [`projection.${DAY}.range`]: `${first},NOW`,
          [`projection.${DAY}.interval`]: '1',
          [`projection.${DAY}.interval.unit`]: 'DAYS',
          'storage.location.template': `${location}\${${DAY}}/`,
        },
        partitionKeys: [{ name: DAY, type: 'string' }],
        storageDescriptor: { columns, location, inputFormat, outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat', serdeInfo: serde },
      },
    });
    table.node.addDependency(this.database);
  }
}
