import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LineageSink } from './lineage-sink';
import { addBundledFunction } from '../core/bundled-function';
import { Problems } from '../core/problems';
import { DEFAULT_LOG_RETENTION } from '../extraction/extractor-options';
import { FunctionNetwork } from '../network/function-network';
import { ENV_DATA_BUCKET_NAME } from '../spec/environment';
import { ENV_LINEAGE_CONFIG, LINEAGE_PREFIX, LineageConfig } from '../spec/lineage-spec';
import { bucketKeyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

/** Enough for every event of a run to wait for a slow sink. */
const TIMEOUT = Duration.minutes(2);
const MEMORY_MB = 256;

/** What lineage tells, and to whom. */
export interface LineageOptions {
  /**
   * Where events go besides the lake.
   *
   * @default - nowhere else
   */
  readonly sinks?: LineageSink[];

  /**
   * Namespace of the OpenLineage jobs.
   *
   * @default - the stack's name
   */
  readonly namespace?: string;
}

/** Options of a LineageFunction. */
export interface LineageFunctionProps extends LineageOptions {
  /** Bucket that keeps the events, under `_lineage/`. */
  readonly bucket: s3.IBucket;

  /** Name of the pipeline; the jobs' names begin with it. */
  readonly pipelineName: string;

  /**
   * Key that encrypts the logs.
   *
   * @default - CloudWatch's own encryption
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

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

/**
 * Tells OpenLineage 2-0-2 events of a pipeline's runs: stored in the lake, sent to the sinks. A run is a job, each of its
 * steps and transforms a job below it; each has one START and exactly one COMPLETE, FAIL or ABORT.
 */
export class LineageFunction extends Construct {
  /** The function. */
  readonly lambdaFunction: lambda.Function;
  /** Its role; a DataZone domain must let it in. */
  readonly role: iam.Role;
  /** Its permissions. */
  readonly policy: iam.ManagedPolicy;
  /** Its logs. */
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: LineageFunctionProps) {
    super(scope, id);
    this.checkProps(props);
    const added = addBundledFunction(this, {
      bundle: 'lineage',
      description: `Tells the lineage of ${props.pipelineName}`,
      environment: { [ENV_DATA_BUCKET_NAME]: props.bucket.bucketName, [ENV_LINEAGE_CONFIG]: this.config(props) },
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      logRetention: props.logRetention ?? DEFAULT_LOG_RETENTION,
      encryptionKey: props.encryptionKey,
      network: props.network,
      removalPolicy: props.removalPolicy,
      statements: this.statements(props),
    });
    this.lambdaFunction = added.lambdaFunction;
    this.role = added.role;
    this.policy = added.policy;
    this.logGroup = added.logGroup;
  }

  /** Calls that ended in an error, by default their number in 5 minutes. */
  metricErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.lambdaFunction.metricErrors(options);
  }

  /** Milliseconds of a call, by default their mean in 5 minutes. */
  metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.lambdaFunction.metricDuration(options);
  }

  /** Lets someone tell events. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.lambdaFunction.grantInvoke(grantee);
  }

  /** Tells the end of executions that Step Functions ended without their own failure path: aborted by a person, or timed out. */
  tellAborts(stateMachineArn: string): events.Rule {
    return new events.Rule(this, 'Aborted', {
      description: 'Runs that could not tell their own end',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachineArn], status: ['ABORTED', 'TIMED_OUT'] },
      },
      targets: [new targets.LambdaFunction(this.lambdaFunction, { retryAttempts: 3, maxEventAge: Duration.hours(1) })],
    });
  }

  private checkProps({ sinks = [] }: LineageFunctionProps): void {
    const problems = new Problems(this);
    sinks.forEach((sink) => sink._check(problems));
    problems.throwIfAny();
  }

  private config({ pipelineName, namespace, sinks = [] }: LineageFunctionProps): string {
    const stack = Stack.of(this);
    const config: LineageConfig = {
      namespace: namespace ?? stack.stackName,
      pipeline: pipelineName,
      glueNamespace: `arn:${Aws.PARTITION}:glue:${stack.region}:${stack.account}`,
      region: stack.region,
      sinks: sinks.map((sink) => sink._spec(this)),
    };
    return stack.toJsonString(config);
  }

  private statements({ bucket, sinks = [] }: LineageFunctionProps): iam.PolicyStatement[] {
    const keys = `${LINEAGE_PREFIX}*`;
    return [
      objectStatement(bucket, ['s3:GetObject', 's3:PutObject'], [keys]),
      listStatement(bucket, [keys]),
      ...bucketKeyStatements(bucket, KMS_WRITE),
      ...sinks.flatMap((sink) => sink._statements()),
    ];
  }
}
