import { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { IDataLake } from '../data-lake';
import { LineageOptions } from '../lineage/lineage-function';
import { FunctionNetwork } from '../network/function-network';
import { QualityEngine } from '../quality/quality-engine';
import { AnalyticsWorkgroup } from '../query/analytics-workgroup';

/** How long the workflow's logs are kept. */
export const DEFAULT_WORKFLOW_LOG_RETENTION = logs.RetentionDays.ONE_MONTH;

/** Options of a PipelineWorkflow. */
export interface PipelineWorkflowProps {
  /**
   * Name of the pipeline: the dimension `pipeline` of its metrics, and the beginning of its jobs' names in lineage.
   *
   * @default - the path of the construct that the workflow stands in
   */
  readonly pipelineName?: string;

  /** Lake that the sources fill. */
  readonly lake: IDataLake;

  /** Workgroup of the workflow's own queries. */
  readonly workgroup: AnalyticsWorkgroup;

  /**
   * Key that encrypts logs and the topic. An imported key's policy must let CloudWatch Logs use it.
   *
   * @default - CloudWatch's own encryption, and a topic that is not encrypted
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What evaluates quality rules.
   *
   * @default QualityEngine.athena()
   */
  readonly qualityEngine?: QualityEngine;

  /**
   * Topic that is told of runs that failed. An imported one that is encrypted must be imported with its key.
   *
   * @default - a new topic, which someone must subscribe to
   */
  readonly topic?: sns.ITopic;

  /**
   * OpenLineage events of every run, kept in the lake and sent to sinks.
   *
   * @default - no lineage is told
   */
  readonly lineage?: LineageOptions;

  /**
   * Name of the state machine: 1 to 80 letters, digits, hyphens and underscores.
   *
   * @default - a unique name made from the construct's path
   */
  readonly stateMachineName?: string;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Where the workflow's functions stand in a VPC.
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
