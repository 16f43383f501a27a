import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { catalogArns } from './catalog-arns';
import { addBundledFunction } from '../core/bundled-function';
import { IDataLake } from '../data-lake';
import { FunctionNetwork } from '../network/function-network';
import { BACKFILLS_PREFIX, CURATED_PREFIX, RAW_PREFIX, RUNS_PREFIX, STATE_PREFIX } from '../spec/object-keys';
import { bucketKeyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

const MEMORY_SIZE = 512;
/** A table of ten years has 3,650 partitions: 37 calls. */
const TIMEOUT = Duration.minutes(5);

/** Options of a CatalogFunction. */
export interface CatalogFunctionProps {
  /** Lake whose tables it keeps. */
  readonly lake: IDataLake;

  /**
   * Key that encrypts the logs.
   *
   * @default - CloudWatch's own encryption
   */
  readonly encryptionKey?: kms.IKey;

  /** How long logs are kept. */
  readonly logRetention: logs.RetentionDays;

  /**
   * Where the function stands in a VPC.
   *
   * @default - in no VPC
   */
  readonly network?: FunctionNetwork;

  /**
   * What happens to the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The Lambda function that does with tables what SQL cannot: tells what a table lacks, and adds it. */
export class CatalogFunction extends Construct {
  /** The function. */
  readonly lambdaFunction: lambda.Function;
  /** Its role. */
  readonly role: iam.Role;
  /** Its logs. */
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: CatalogFunctionProps) {
    super(scope, id);
    const { lake } = props;
    const added = addBundledFunction(this, {
      bundle: 'catalog',
      description: `Keeps the tables of the data lake ${lake.databaseName}`,
      memorySize: MEMORY_SIZE,
      timeout: TIMEOUT,
      environment: {},
      logRetention: props.logRetention,
      encryptionKey: props.encryptionKey,
      network: props.network,
      removalPolicy: props.removalPolicy,
      statements: this.statements(lake),
    });
    this.lambdaFunction = added.lambdaFunction;
    this.role = added.role;
    this.logGroup = added.logGroup;
    lake.lakeFormation?.grantMaintain(this.role, RAW_PREFIX);
  }

  /** Calls that ended in an error, by default their number in 5 minutes. */
  metricErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.lambdaFunction.metricErrors(options);
  }

  /** Milliseconds of a call, by default their mean in 5 minutes. */
  metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.lambdaFunction.metricDuration(options);
  }

  private statements({ bucket, databaseName }: IDataLake): iam.PolicyStatement[] {
    const backfills = [`${BACKFILLS_PREFIX}*`];
    const read = [`${STATE_PREFIX}*`, `${RUNS_PREFIX}*`];
    return [
      new iam.PolicyStatement({
        actions: ['glue:GetTable', 'glue:UpdateTable', 'glue:GetPartitions', 'glue:BatchUpdatePartition', 'glue:UpdatePartition'],
        resources: catalogArns(this, databaseName),
      }),
      objectStatement(bucket, ['s3:GetObject'], [...read, `${CURATED_PREFIX}*/metadata/*`]),
      objectStatement(bucket, ['s3:GetObject', 's3:PutObject'], backfills),
      listStatement(bucket, [...read, ...backfills, `${RAW_PREFIX}*`]),
      ...bucketKeyStatements(bucket, KMS_WRITE),
    ];
  }
}
