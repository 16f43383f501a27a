import { CfnElement } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { CrawlerRole } from './catalog/crawler-role';
import { CrawlerSecurity } from './catalog/crawler-security';
import { checkRegion } from './core/checks';
import { grantStatements } from './core/grant-statements';
import { Problems } from './core/problems';
import { DataLake, IDataLake } from './data-lake';
import { DataLakePipelineProps } from './data-lake-pipeline-props';
import { Source } from './extraction/source';
import { LakeReadOptions, LakeWriteOptions } from './governance/access-options';
import { isPartial } from './governance/partial-access';
import { MonitoringOptions, PipelineMonitoring } from './monitoring/pipeline-monitoring';
import { FunctionNetwork } from './network/function-network';
import { Audiences, AudiencesProps } from './pipeline/audiences';
import { followParents, missingSources, scheduleOf } from './pipeline/parents';
import { createCrawlers, PipelineCrawlers } from './pipeline/pipeline-crawlers';
import { addToManifest } from './pipeline/pipeline-manifest';
import { PipelineSource } from './pipeline/pipeline-source';
import { runStatements } from './pipeline/run-access';
import { claimTable } from './pipeline/table-registry';
import { QualityRule } from './quality/quality-rule';
import { AnalyticsWorkgroup } from './query/analytics-workgroup';
import { NamedQuery } from './query/named-query';
import { ResultsBucket } from './query/results-bucket';
import { chosenKey } from './storage/lake-encryption';
import { Transform } from './transform/transform';
import { TableUpkeep } from './upkeep/table-upkeep';
import { UpkeepWorkflow } from './upkeep/upkeep-workflow';
import { PipelineWorkflow } from './workflow/pipeline-workflow';
import { scheduleInterval } from './workflow/schedule-interval';

/** From HTTP APIs to governed tables: extractors, lake, catalogue, workgroups, and the workflow that runs them. */
export class DataLakePipeline extends Construct {
  /** The lake that the pipeline fills. */
  readonly lake: IDataLake;
  /** Key that encrypts logs and query results; undefined where the services' keys do. */
  readonly encryptionKey?: kms.IKey;
  /** The analysts' workgroup. */
  readonly workgroup: AnalyticsWorkgroup;
  /** The workgroup of the pipeline's own queries. */
  readonly pipelineWorkgroup: AnalyticsWorkgroup;
  /** Bucket of both workgroups' results. */
  readonly resultsBucket: ResultsBucket;
  /** Where the functions stand in a VPC, if they do. */
  readonly network?: FunctionNetwork;
  /** What runs the sources. */
  readonly workflow: PipelineWorkflow;
  /** The dashboard and the alarms, if there are any. */
  readonly monitoring?: PipelineMonitoring;
  /** What looks after curated tables, if anything does. */
  readonly upkeep?: UpkeepWorkflow;

  private readonly audiences: Audiences;
  private crawlers?: PipelineCrawlers;
  private readonly sourceList: PipelineSource[] = [];
  private readonly runners: iam.IGrantable[] = [];

  constructor(scope: Construct, id: string, private readonly props: DataLakePipelineProps) {
    super(scope, id);
    this.checkProps();
    this.node.addValidation({ validate: () => missingSources(this.sourceList) });
    this.lake = props.lake ?? new DataLake(this, 'Lake', props);
    this.encryptionKey = this.chosenKey();
    this.resultsBucket = this.createResultsBucket();
    this.workgroup = this.createWorkgroup('Workgroup', 'analysts/', 'Queries of analysts', props.workgroupName);
    this.pipelineWorkgroup = this.createWorkgroup('PipelineWorkgroup', 'pipeline/', 'Queries of the pipeline itself');
    this.audiences = new Audiences(this, 'Audiences', this.workgroupDefaults());
    this.network = props.vpc && new FunctionNetwork(this, 'Network', props.vpc);
    this.workflow = this.createWorkflow();
    this.monitoring = props.monitoring && this.createMonitoring(props.monitoring);
    this.upkeep = props.upkeep && this.createUpkeep(props.upkeep);
    for (const source of props.sources ?? []) {
      this.addSource(source);
    }
    for (const transform of props.transforms ?? []) {
      this.addTransform(transform);
    }
    for (const query of props.namedQueries ?? []) {
      this.addNamedQuery(query);
    }
    this.describe();
  }

  /** The sources, in the order they were added. */
  get sources(): PipelineSource[] {
    return [...this.sourceList];
  }

  /** Role of all crawlers; undefined as long as there is none. */
  get crawlerRole(): CrawlerRole | undefined {
    return this.crawlers?.crawlerRole;
  }

  /** Security configuration of all crawlers; undefined as long as there is none. */
  get crawlerSecurity(): CrawlerSecurity | undefined {
    return this.crawlers?.crawlerSecurity;
  }

  /** Adds a source. Its name must be new on the lake. */
  addSource(source: Source): PipelineSource {
    const owner = claimTable(this.lake, source.name, this.node.path);
    const problems = new Problems(this);
    problems.check(owner === undefined, 'sources', source.name, `${owner} fills a table of this name on the same lake: choose another name`);
    problems.throwIfAny();
    const cataloguing = source._options.cataloguing ?? this.props.cataloguing;
    if (!cataloguing?._table) {
      this.crawlers ??= createCrawlers(this, this);
    }
    const added = new PipelineSource(this, `Source-${source.name}`, {
      ...this.crawlers,
      source,
      lake: this.lake,
      encryptionKey: this.encryptionKey,
      cataloguing,
      extractor: this.props.extractor,
      network: this.network,
      removalPolicy: this.props.removalPolicy,
    });
    added._checkRules(source._options.quality ?? [], problems);
    problems.throwIfAny();
    this.sourceList.push(added);
    this.workflow.addSource(added._workflowSource());
    followParents(this.workflow, this.sourceList, source);
    if (this.monitoring) {
      this.monitor(added, this.monitoring);
    }
    this.runners.forEach((runner) => added._grantRun(runner));
    this.describe();
    return added;
  }

  /** Adds rules to a source: they are checked after each of its runs, before anything is made of it. */
  addQualityRules(source: string, ...rules: QualityRule[]): void {
    const known = this.sourceList.find(({ sourceName }) => sourceName === source);
    const problems = new Problems(this);
    known?._checkRules(rules, problems);
    problems.throwIfAny();
    this.workflow.addQualityRules(source, ...rules);
  }

  /** Adds a table that is made of others after each run of a source that it reads. Its name must be new on the lake. */
  addTransform(transform: Transform): void {
    this.workflow.addTransform(transform);
    this.upkeep?.addTable(transform.name);
  }

  /** Puts a query into the analysts' workgroup. */
  addNamedQuery(query: NamedQuery): athena.CfnNamedQuery {
    const created = this.workgroup.addNamedQuery(query, this.lake.databaseName);
    if (this.lake.database) {
      created.node.addDependency(this.lake.database);
    }
    return created;
  }

  /**
   * Lets someone read the lake's tables with the analysts' workgroup. Who is left a part of them gets a workgroup with results
   * of its own instead, see `audienceWorkgroup`.
   */
  grantRead(grantee: iam.IGrantable, options: LakeReadOptions = {}): iam.Grant {
    const read = this.lake.grantRead(grantee, options);
    return read.combine((isPartial(options) ? this.audienceWorkgroup(grantee) : this.workgroup).grantQuery(grantee));
  }

  /** Lets someone read the lake's tables with the analysts' workgroup, and change the rows of those that transforms made. */
  grantWrite(grantee: iam.IGrantable, options: LakeWriteOptions = {}): iam.Grant {
    return this.lake.grantWrite(grantee, options).combine(this.workgroup.grantQuery(grantee));
  }

  /** Lets someone make, change and drop the lake's tables with the analysts' workgroup, and pass access to them on. */
  grantAdminister(grantee: iam.IGrantable): iam.Grant {
    return this.lake.grantAdminister(grantee).combine(this.workgroup.grantQuery(grantee));
  }

  /** The workgroup of someone who sees a part of the lake. Nobody else may use it or read its results. */
  audienceWorkgroup(grantee: iam.IGrantable): AnalyticsWorkgroup {
    return this.audiences.workgroupOf(grantee);
  }

  /** Lets someone run the pipeline with the `datalake` command, sources added later included, and query what it filled. */
  grantRun(grantee: iam.IGrantable): iam.Grant {
    this.runners.push(grantee);
    const grants = this.sourceList.map((source) => source._grantRun(grantee));
    const shared = [this.grantRead(grantee), this.workflow.grantStart(grantee), grantStatements(grantee, runStatements(this, this.lake.bucket))];
    return [...shared, ...grants].reduce((all, grant) => all.combine(grant));
  }

  private checkProps(): void {
    const problems = new Problems(this);
    for (const property of ['databaseName', 'bucket', 'encryption', 'encryptionKey', 'governance', 'audit'] as const) {
      problems.check(this.props.lake === undefined || this.props[property] === undefined, property, 'a value beside lake', 'set it on the lake');
    }
    checkRegion(problems, 'lake', this.props.lake?.bucket, this);
    problems.throwIfAny();
  }

  private chosenKey(): kms.IKey | undefined {
    const { encryption, encryptionKey } = this.lake;
    return chosenKey(this, { encryption, encryptionKey, removalPolicy: this.props.removalPolicy }, 'Encrypts logs and query results');
  }

  private createResultsBucket(): ResultsBucket {
    return new ResultsBucket(this, 'Results', {
      encryption: this.lake.encryption,
      encryptionKey: this.encryptionKey,
      accessLogsBucket: this.lake.accessLogsBucket,
      removalPolicy: this.props.removalPolicy,
    });
  }

  private createWorkgroup(id: string, resultsPrefix: string, description: string, workgroupName?: string): AnalyticsWorkgroup {
    return new AnalyticsWorkgroup(this, id, { ...this.workgroupDefaults(), workgroupName, description, resultsPrefix });
  }

  private workgroupDefaults(): AudiencesProps {
    const { encryptionKey, lake: { encryption }, props: { scanLimit, removalPolicy } } = this;
    return { resultsBucket: this.resultsBucket.bucket, encryption, encryptionKey, scanLimit, removalPolicy };
  }

  private createWorkflow(): PipelineWorkflow {
    return new PipelineWorkflow(this, 'Workflow', {
      lake: this.lake,
      workgroup: this.pipelineWorkgroup,
      encryptionKey: this.encryptionKey,
      topic: this.props.topic,
      lineage: this.props.lineage,
      qualityEngine: this.props.qualityEngine,
      network: this.network,
      removalPolicy: this.props.removalPolicy,
    });
  }

  private createMonitoring(options: MonitoringOptions): PipelineMonitoring {
    const monitoring = new PipelineMonitoring(this, 'Monitoring', {
      ...options,
      pipelineName: this.workflow.pipelineName,
      stateMachine: this.workflow.stateMachine,
      defaultTopic: this.workflow.topic,
      workgroupNames: [this.workgroup.workgroupName, this.pipelineWorkgroup.workgroupName],
      scanLimit: this.props.scanLimit,
    });
    this.workflow._watchDeadLetters((queue) => monitoring.addDeadLetterQueue(queue));
    return monitoring;
  }

  private createUpkeep(upkeep: TableUpkeep): UpkeepWorkflow {
    const { lake, pipelineWorkgroup: workgroup, workflow: { topic }, encryptionKey, props: { removalPolicy } } = this;
    const topicKey = this.props.topic ? this.props.topic.masterKey : encryptionKey;
    const created = new UpkeepWorkflow(this, 'Upkeep', { upkeep, lake, workgroup, topic, topicKey, encryptionKey, removalPolicy });
    this.monitoring?.addUpkeep(created);
    return created;
  }

  /** A source that runs by itself, or after another that does, may stop doing so without anyone noticing. */
  private monitor({ sourceName, _source: source }: PipelineSource, monitoring: PipelineMonitoring): void {
    const schedule = scheduleOf(source);
    if (schedule?._repeats) {
      monitoring.addSource(sourceName, scheduleInterval(schedule._expression.expressionString));
    } else {
      monitoring.watchRecords(sourceName);
    }
  }

  private describe(): void {
    addToManifest(this, {
      workgroup: this.workgroup.workgroup,
      stateMachine: this.workflow.stateMachine.node.defaultChild as CfnElement,
      upkeep: this.upkeep?.stateMachine.node.defaultChild as CfnElement | undefined,
      sources: this.sourceList.map((source) => source._manifest()),
    });
  }
}
