import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { IConstruct } from 'constructs';
import { MAP_LABEL } from './steps/backfill';
import { catalogArns } from '../catalog/catalog-arns';
import { IDataLake } from '../data-lake';
import { tableReadStatements } from '../governance/table-statements';
import { AnalyticsWorkgroup } from '../query/analytics-workgroup';
import { queryStatements } from '../query/workgroup-access';
import { METRIC_NAMESPACE } from '../spec/metrics';
import { EXECUTIONS_PREFIX } from '../spec/object-keys';
import { bucketKeyStatements, keyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

/** What the workflow works with. */
export interface WorkflowSurroundings {
  readonly lake: IDataLake;
  readonly workgroup: AnalyticsWorkgroup;
  readonly topic: sns.ITopic;
  readonly topicKey?: kms.IKey;
  readonly catalogFunction: lambda.IFunction;
  readonly lineageFunction?: lambda.IFunction;
  readonly stateMachineName: string;
}

/** What the state machine may do besides running its sources. */
export function workflowStatements(scope: IConstruct, around: WorkflowSurroundings): iam.PolicyStatement[] {
  return [
    ...claimStatements(scope, around),
    ...tableStatements(around),
    new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [around.catalogFunction, around.lineageFunction].flatMap((fn) => fn?.functionArn ?? []) }),
    ...noticeStatements(scope, around),
    ...observationStatements(),
    // PutMetricData knows no resources; the namespace is what can be held to.
    new iam.PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
    }),
  ];
}

function claimStatements(scope: IConstruct, { lake, stateMachineName }: WorkflowSurroundings): iam.PolicyStatement[] {
  const claims = [`${EXECUTIONS_PREFIX}*`];
  return [
    objectStatement(lake.bucket, ['s3:GetObject', 's3:PutObject'], claims),
    listStatement(lake.bucket, claims),
    ...bucketKeyStatements(lake.bucket, KMS_WRITE),
    new iam.PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionArns(scope, stateMachineName)] }),
  ];
}

/** Athena reads and changes the catalogue as the caller. */
function tableStatements({ lake, workgroup }: WorkflowSurroundings): iam.PolicyStatement[] {
  return [
    ...queryStatements(workgroup),
    ...tableReadStatements(lake),
  ];
}

/** What `ALTER TABLE ADD PARTITION` needs besides. */
export const partitionStatement = (scope: IConstruct, { databaseName }: IDataLake) =>
  new iam.PolicyStatement({ actions: ['glue:CreatePartition', 'glue:BatchCreatePartition'], resources: catalogArns(scope, databaseName) });

function noticeStatements(scope: IConstruct, { topic, topicKey }: WorkflowSurroundings): iam.PolicyStatement[] {
  const defaultBus = Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  return [
    new iam.PolicyStatement({ actions: ['events:PutEvents'], resources: [defaultBus] }),
    new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
    ...keyStatements(topicKey, KMS_WRITE),
  ];
}

/**
 * Logs and traces of the execution: the services know no resources.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export function observationStatements(): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: [
        'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
        'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      resources: ['*'],
    }),
  ];
}

/** The executions of a state machine. */
export const executionArns = (scope: IConstruct, stateMachineName: string) => statesArn(scope, 'execution', `${stateMachineName}:*`);

/** The runs of a state machine's map of windows. */
export const mapRunArns = (scope: IConstruct, stateMachineName: string) => statesArn(scope, 'mapRun', `${stateMachineName}/${MAP_LABEL}:*`);

/** A resource of Step Functions. */
export const statesArn = (scope: IConstruct, resource: string, resourceName: string) =>
  Stack.of(scope).formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
