import { Aws, CfnResource, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { backfillStatements } from './backfill-policy';
import { CompletedRun, OnRunCompleteOptions } from './completed-run';
import { workflowDefinition } from './definition';
import { DEFAULT_WORKFLOW_LOG_RETENTION, PipelineWorkflowProps } from './pipeline-workflow-props';
import { completionPattern, EventStarter } from './run-events';
import { RunSchedules } from './run-schedules';
import { SourceAccess } from './source-access';
import { addStateMachine } from './state-machine';
import { WorkflowContents } from './workflow-contents';
import { executionArns, mapRunArns, partitionStatement, workflowStatements } from './workflow-policy';
import { WorkflowSource } from './workflow-source';
import { CatalogFunction } from '../catalog/catalog-function';
import { plainRemovalPolicy } from '../core/deletion';
import { grantStatements } from '../core/grant-statements';
import { pipelineNameOf, uniqueName } from '../core/names';
import { Problems } from '../core/problems';
import { RolePolicy } from '../core/role-policy';
import { LineageFunction, LineageOptions } from '../lineage/lineage-function';
import { workflowMetric } from '../monitoring/workflow-metric';
import { QualityEngine } from '../quality/quality-engine';
import { QualityRule } from '../quality/quality-rule';
import { WorkflowQuality } from '../quality/workflow-quality';
import { backfillUnit } from '../spec/backfill';
import { CURATED_PREFIX, RAW_PREFIX } from '../spec/object-keys';
import { WORKFLOW_METRICS } from '../spec/workflow-metrics';
import { allowLogEncryption } from '../storage/encryption';
import { Transform } from '../transform/transform';
import { transformStatements } from '../transform/transform-policy';

const BACKFILL_POLICY = 'BackfillPolicy';

/** Longest name of a state machine. */
const MAX_STATE_MACHINE_NAME = 80;

/**
 * The Step Functions workflow of a pipeline: extracts one source, brings its table up to date, and tells of it.
 *
 * Start it with `{"source": "NAME"}`, and as you like `runId` and `scheduledTime`. However often a run id is started, one
 * execution runs it; a run that failed is started again by its id. With `backfill`, `{"from", "to", "step"}`, it reads a part
 * of a source again, window by window; with `replay`, a run's id, it does again what follows the extraction.
 */
export class PipelineWorkflow extends Construct {
  /** The state machine. */
  readonly stateMachine: sfn.StateMachine;
  /** Its role. */
  readonly role: iam.Role;
  /** Its logs. */
  readonly logGroup: logs.LogGroup;
  /** Topic that is told of runs that failed. */
  readonly topic: sns.ITopic;
  /** The function that does with tables what SQL cannot. */
  readonly catalogFunction: CatalogFunction;
  /** The function that tells lineage, if any does. */
  readonly lineageFunction?: LineageFunction;
  /** Name of the pipeline: the dimension `pipeline` of its metrics. */
  readonly pipelineName: string;

  private readonly stateMachineName: string;
  private readonly contents: WorkflowContents;
  private readonly quality: WorkflowQuality;
  private readonly access: SourceAccess;
  private schedules?: RunSchedules;
  private eventStarter?: EventStarter;
  private watchDeadLetters?: (queue: sqs.Queue) => void;

  constructor(scope: Construct, id: string, private readonly props: PipelineWorkflowProps) {
    super(scope, id);
    this.checkProps();
    this.contents = new WorkflowContents(this, props.lake);
    this.pipelineName = props.pipelineName ?? pipelineNameOf(this.node.scope!);
    this.stateMachineName = props.stateMachineName ?? uniqueName(this, undefined, MAX_STATE_MACHINE_NAME);
    const logRetention = props.logRetention ?? DEFAULT_WORKFLOW_LOG_RETENTION;
    this.topic = props.topic ?? this.createTopic();
    this.logGroup = this.createLogGroup(logRetention);
    this.catalogFunction = new CatalogFunction(this, 'Catalog', { ...props, logRetention });
    this.lineageFunction = props.lineage && this.createLineageFunction(props.lineage, logRetention);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
      description: 'Runs the sources of a data lake pipeline',
    });
    const { stateMachineName } = this;
    this.stateMachine = addStateMachine(this, { stateMachineName, role: this.role, logGroup: this.logGroup, definition: () => this.definition() });
    const policy = this.addPolicy('Policy', workflowStatements(this, {
      lake: props.lake,
      workgroup: props.workgroup,
      topic: this.topic,
      topicKey: props.topic ? props.topic.masterKey : props.encryptionKey,
      catalogFunction: this.catalogFunction.lambdaFunction,
      lineageFunction: this.lineageFunction?.lambdaFunction,
      stateMachineName: this.stateMachineName,
    }));
    this.lineageFunction?.tellAborts(this.stateMachine.stateMachineArn);
    this.quality = new WorkflowQuality(this, 'Quality', {
      lake: props.lake,
      engine: props.qualityEngine ?? QualityEngine.athena(),
      allow: (statements) => this.addPolicy('QualityPolicy', statements),
    });
    this.node.addValidation({ validate: () => this.contents.problems() });
    this.access = new SourceAccess({
      addPolicy: (policyId, statements) => this.addPolicy(policyId, statements),
      allowPartitions: () => policy.addStatements(partitionStatement(this, props.lake)),
    });
    for (const role of [this.role, this.catalogFunction.role]) {
      this.dependOn(...props.lake.lakeFormation?.grantMaintain(role, RAW_PREFIX) ?? []);
    }
  }

  /** Adds a source: executions can be started for it. */
  addSource(source: WorkflowSource): void {
    this.contents.addSource(source);
    this.quality.add(source.name, source.quality ?? []);
    this.access.add(source);
    this.dependOn(...source.table ? [source.table.table] : []);
    this.allowBackfill(source);
    if (source.schedule) {
      this.schedulesOf().addSource(source.name, source.schedule);
    }
  }

  /** Adds rules to a source: they are checked after each of its runs, before anything is made of it. */
  addQualityRules(source: string, ...rules: QualityRule[]): void {
    this.contents.requireSource('quality', source);
    this.quality.add(source, rules);
  }

  /** Adds a transform: it runs after each run of a source that it reads. Its name must be new on the lake. */
  addTransform(transform: Transform): void {
    if (this.contents.addTransform(transform)) {
      this.addPolicy('TransformPolicy', transformStatements(this, this.props.lake));
      this.dependOn(...this.props.lake.lakeFormation?.grantCurate(this.role, CURATED_PREFIX) ?? []);
    }
  }

  /** Queue of the scheduled runs that could not be started; undefined as long as no source has a schedule. */
  get deadLetterQueue(): sqs.Queue | undefined {
    return this.schedules?.deadLetterQueue;
  }

  /** Queue of the events that could not start a run; undefined as long as no source is started by one. */
  get eventDeadLetterQueue(): sqs.Queue | undefined {
    return this.eventStarter?.deadLetterQueue;
  }

  /**
   * Tells of the dead-letter queues, also of those that are made later.
   *
   * @internal
   */
  _watchDeadLetters(watch: (queue: sqs.Queue) => void): void {
    this.watchDeadLetters = watch;
    [this.deadLetterQueue, this.eventDeadLetterQueue].forEach((queue) => queue && watch(queue));
  }

  /**
   * Tells a target of complete runs. The event's `detail` holds `source`, `runId`, `scheduledTime`, `database`, `table`,
   * `partition`, `records` and `qualityWarnings`, the rules of level WARN that failed.
   */
  onRunComplete(id: string, options: OnRunCompleteOptions = {}): events.Rule {
    return new events.Rule(this, id, {
      eventPattern: this._completionPattern(options.source),
      targets: options.target ? [options.target] : undefined,
    });
  }

  /**
   * Starts a source after each complete run of another one, of this workflow or of another.
   *
   * @param name source that is started.
   */
  startAfter(name: string, run: CompletedRun): events.Rule {
    this.contents.requireSource('startAfter', name);
    const { workflow } = run;
    const pattern = workflow._completionPattern(run.source);
    const problems = new Problems(this);
    problems.check(workflow !== this || (run.source !== undefined && run.source !== name), 'startAfter', run.source ?? 'every source of the same workflow',
      `${name} would start itself for ever: name another source`);
    problems.throwIfAny();
    return this.eventStarterOf().start(name, `${name}-after-${workflow.node.addr.slice(-8)}-${run.source ?? 'any'}`, pattern);
  }

  /** @internal */
  _completionPattern(source?: string): events.EventPattern {
    if (source !== undefined) {
      this.contents.requireSource('source', source);
    }
    return completionPattern(this.stateMachine.stateMachineArn, source);
  }

  /** Lets someone start executions, follow and stop them. */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    const { stateMachineArn, stateMachineName } = this.stateMachine;
    return grantStatements(grantee, [
      new iam.PolicyStatement({ actions: ['states:StartExecution', 'states:ListExecutions', 'states:DescribeStateMachine'], resources: [stateMachineArn] }),
      new iam.PolicyStatement({
        actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution', 'states:ListMapRuns'],
        resources: [executionArns(this, stateMachineName)],
      }),
      new iam.PolicyStatement({ actions: ['states:DescribeMapRun'], resources: [mapRunArns(this, stateMachineName)] }),
    ]);
  }

  /**
   * A metric of the pipeline's runs.
   *
   * @param metricName as it stands in CloudWatch.
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return workflowMetric(metricName, this.pipelineName, undefined, options);
  }

  /** Runs that ended well, by default their number in 5 minutes. */
  metricRunsSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.succeeded, options);
  }

  /** Runs that failed, by default their number in 5 minutes. */
  metricRunsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.failed, options);
  }

  /** Runs that brought no record, by default their number in 5 minutes. */
  metricEmptyRuns(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.empty, options);
  }

  /** Milliseconds from an execution's start to its end, by default the longest in 5 minutes. */
  metricRunDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.duration, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Milliseconds from the time that a run stands for to its end, by default the longest in 5 minutes. */
  metricFreshnessLag(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.lag, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Quarantined records of those that a run read, in percent, by default the highest in 5 minutes. */
  metricQuarantineRatio(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.quarantineRatio, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Quality rules that runs did not keep, by default their number in 5 minutes. */
  metricQualityRulesFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(WORKFLOW_METRICS.rulesFailed, options);
  }

  private checkProps(): void {
    const { stateMachineName: name } = this.props;
    const problems = new Problems(this);
    problems.check(name === undefined || Token.isUnresolved(name) || /^[A-Za-z0-9_-]{1,80}$/.test(name), 'stateMachineName', name,
      'use 1 to 80 letters, digits, hyphens and underscores');
    problems.throwIfAny();
  }

  private createTopic(): sns.Topic {
    return new sns.Topic(this, 'Topic', {
      displayName: 'Data lake pipeline',
      masterKey: this.props.encryptionKey,
      enforceSSL: true,
    });
  }

  private createLogGroup(retention: logs.RetentionDays): logs.LogGroup {
    const { encryptionKey, removalPolicy } = this.props;
    if (encryptionKey) {
      allowLogEncryption(encryptionKey);
    }
    return new logs.LogGroup(this, 'Logs', { retention, encryptionKey, removalPolicy: plainRemovalPolicy(this, removalPolicy) });
  }

  private createLineageFunction(lineage: LineageOptions, logRetention: logs.RetentionDays): LineageFunction {
    const { lake: { bucket }, encryptionKey, network, removalPolicy } = this.props;
    return new LineageFunction(this, 'Lineage', { ...lineage, bucket, pipelineName: this.pipelineName, encryptionKey, logRetention, network, removalPolicy });
  }

  private definition(): Record<string, unknown> {
    return workflowDefinition({
      partition: Aws.PARTITION,
      pipelineName: this.pipelineName,
      catalogFunctionArn: this.catalogFunction.lambdaFunction.functionArn,
      topicArn: this.topic.topicArn,
      lineageFunctionArn: this.lineageFunction?.lambdaFunction.functionArn,
      plans: this.contents.plans(this.props.workgroup.workgroupName, this.quality),
    });
  }

  private schedulesOf(): RunSchedules {
    this.schedules ??= this.watched(new RunSchedules(this, 'Schedules', this.starterProps));
    return this.schedules;
  }

  private eventStarterOf(): EventStarter {
    this.eventStarter ??= this.watched(new EventStarter(this, 'Events', this.starterProps));
    return this.eventStarter;
  }

  private get starterProps() {
    return { stateMachineArn: this.stateMachine.stateMachineArn, encryptionKey: this.props.encryptionKey };
  }

  private watched<T extends { readonly deadLetterQueue: sqs.Queue }>(starter: T): T {
    this.watchDeadLetters?.(starter.deadLetterQueue);
    return starter;
  }

  /** Once: one source that can be backfilled makes the map of windows a part of the definition. */
  private allowBackfill({ incremental }: WorkflowSource): void {
    if (backfillUnit(incremental?._render()) !== undefined && !this.node.tryFindChild(BACKFILL_POLICY)) {
      this.addPolicy(BACKFILL_POLICY, backfillStatements(this, this.props.lake, this.stateMachineName));
    }
  }

  private addPolicy(id: string, statements: iam.PolicyStatement[]): iam.ManagedPolicy {
    const policy = new RolePolicy(this, id, { description: 'Runs the sources of a data lake pipeline', statements, roles: [this.role] });
    this.dependOn(policy);
    return policy;
  }

  /** An execution can start as soon as the state machine is there, so what it needs comes first. */
  private dependOn(...resources: (CfnResource | iam.ManagedPolicy)[]): void {
    this.stateMachine.node.addDependency(...resources);
  }
}
