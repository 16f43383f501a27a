import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { TableUpkeep } from './table-upkeep';
import { upkeepDefinition } from './upkeep-definition';
import { catalogArns } from '../catalog/catalog-arns';
import { plainRemovalPolicy } from '../core/deletion';
import { uniqueName } from '../core/names';
import { Problems } from '../core/problems';
import { RolePolicy } from '../core/role-policy';
import { IDataLake } from '../data-lake';
import { tableWriteStatements } from '../governance/table-statements';
import { AnalyticsWorkgroup } from '../query/analytics-workgroup';
import { queryStatements } from '../query/workgroup-access';
import { CURATED_PREFIX } from '../spec/object-keys';
import { allowLogEncryption } from '../storage/encryption';
import { keyStatements, KMS_WRITE } from '../storage/lake-access';
import { DEFAULT_WORKFLOW_LOG_RETENTION } from '../workflow/pipeline-workflow-props';
import { RunSchedules } from '../workflow/run-schedules';
import { addStateMachine } from '../workflow/state-machine';
import { observationStatements } from '../workflow/workflow-policy';

const MAX_STATE_MACHINE_NAME = 80;

/** Options of an UpkeepWorkflow. */
export interface UpkeepWorkflowProps {
  /** When, and what is kept. */
  readonly upkeep: TableUpkeep;
  /** Lake whose curated tables are looked after. */
  readonly lake: IDataLake;
  /** Workgroup of its statements. */
  readonly workgroup: AnalyticsWorkgroup;
  /** Topic that is told of tables whose upkeep failed. */
  readonly topic: sns.ITopic;

  /**
   * Key of the topic, if it is encrypted.
   *
   * @default - the topic is not encrypted
   */
  readonly topicKey?: kms.IKey;

  /**
   * Key that encrypts logs and the dead-letter queue.
   *
   * @default - the keys of CloudWatch Logs and SQS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A Step Functions workflow that looks after curated Iceberg tables on a schedule of its own: `OPTIMIZE` and `VACUUM`, repeated
 * while Athena says that there is more to do. A table that fails is told to the topic and stops no other.
 */
export class UpkeepWorkflow extends Construct {
  /** The state machine. */
  readonly stateMachine: sfn.StateMachine;
  /** Its role: it rewrites and deletes files of curated tables, and reads nothing else. */
  readonly role: iam.Role;
  /** Its logs. */
  readonly logGroup: logs.LogGroup;
  /** Queue of the scheduled executions that could not be started. */
  readonly deadLetterQueue: sqs.Queue;

  private readonly tables: string[] = [];

  constructor(scope: Construct, id: string, private readonly props: UpkeepWorkflowProps) {
    super(scope, id);
    this.checkProps();
    const { lake, upkeep, encryptionKey, removalPolicy } = props;
    if (encryptionKey) {
      allowLogEncryption(encryptionKey);
    }
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: DEFAULT_WORKFLOW_LOG_RETENTION, encryptionKey, removalPolicy: plainRemovalPolicy(this, removalPolicy),
    });
    const description = 'Looks after the curated tables of a data lake';
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
      description,
    });
    this.stateMachine = addStateMachine(this, {
      stateMachineName: uniqueName(this, undefined, MAX_STATE_MACHINE_NAME),
      role: this.role,
      logGroup: this.logGroup,
      definition: () => this.definition(),
    });
    const policy = new RolePolicy(this, 'Policy', { description, statements: this.statements(), roles: [this.role] });
    this.stateMachine.node.addDependency(policy, ...lake.lakeFormation?.grantWrite(this.role) ?? []);
    this.stateMachine.node.addDependency(...lake.lakeFormation ? [lake.lakeFormation.grantLocation(this.role, CURATED_PREFIX)] : []);
    const schedules = new RunSchedules(this, 'Schedules', { stateMachineArn: this.stateMachine.stateMachineArn, encryptionKey });
    schedules.add('Upkeep', upkeep._schedule, {}, description);
    this.deadLetterQueue = schedules.deadLetterQueue;
    this.node.addValidation({ validate: () => this.missingTables() });
  }

  /** Adds a curated table. */
  addTable(name: string): void {
    this.tables.push(name);
  }

  /**
   * A metric of the upkeep's executions.
   *
   * @param metricName as it stands in CloudWatch.
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metric(metricName, options);
  }

  /** Upkeeps that ended well, by default their number in 5 minutes. */
  metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(options);
  }

  /** Upkeeps of which a table failed, by default their number in 5 minutes. */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }

  private checkProps(): void {
    const problems = new Problems(this);
    this.props.upkeep._check(problems);
    problems.throwIfAny();
  }

  private missingTables(): string[] {
    return this.tables.length > 0 ? [] : ['upkeep: there is no curated table to look after; add a transform, or leave upkeep out'];
  }

  private definition(): Record<string, unknown> {
    const { lake, workgroup, topic, upkeep } = this.props;
    return upkeepDefinition({
      partition: Aws.PARTITION,
      database: lake.databaseName,
      workgroup: workgroup.workgroupName,
      topicArn: topic.topicArn,
      tables: this.tables,
      properties: upkeep._properties,
    });
  }

  private statements(): iam.PolicyStatement[] {
    const { lake, workgroup, topic, topicKey } = this.props;
    return [
      ...queryStatements(workgroup),
      new iam.PolicyStatement({ actions: ['glue:GetDatabase', 'glue:GetTable'], resources: catalogArns(this, lake.databaseName) }),
      // The service knows no resources.
      ...(lake.lakeFormation ? [new iam.PolicyStatement({ actions: ['lakeformation:GetDataAccess'], resources: ['*'] })] : []),
      ...tableWriteStatements(lake),
      new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
      ...keyStatements(topicKey, KMS_WRITE),
      ...observationStatements(),
    ];
  }
}
