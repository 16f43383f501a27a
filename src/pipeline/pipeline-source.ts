import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { addSourceTable } from './source-table';
import { CatalogCrawler } from '../catalog/catalog-crawler';
import { CatalogTable } from '../catalog/catalog-table';
import { Cataloguing } from '../catalog/cataloguing';
import { CrawlerRole } from '../catalog/crawler-role';
import { CrawlerSecurity } from '../catalog/crawler-security';
import { grantStatements } from '../core/grant-statements';
import { pipelineNameOf } from '../core/names';
import { Problems } from '../core/problems';
import { IDataLake } from '../data-lake';
import { ManifestedPipeline } from './pipeline-manifest';
import { bindCustomFunction } from '../extraction/custom-extractor';
import { ExtractionMetrics } from '../extraction/extraction-metrics';
import { ExtractorFunction } from '../extraction/extractor-function';
import { ExtractorOptions } from '../extraction/extractor-options';
import { Source } from '../extraction/source';
import { FunctionNetwork } from '../network/function-network';
import { checkColumns, checkDeclaredColumns } from '../quality/check-columns';
import { QualityRule } from '../quality/quality-rule';
import { rawPrefix, RAW_PREFIX } from '../spec/object-keys';
import { WorkflowSource } from '../workflow/workflow-source';

/** Options of a PipelineSource. */
export interface PipelineSourceProps {
  /** What is extracted. */
  readonly source: Source;
  /** Lake that receives it. */
  readonly lake: IDataLake;
  /** Key that encrypts logs. */
  readonly encryptionKey?: kms.IKey;

  /**
   * Role of the pipeline's crawlers.
   *
   * @default - the template declares the source's table
   */
  readonly crawlerRole?: CrawlerRole;

  /**
   * Security configuration of the pipeline's crawlers.
   *
   * @default - the template declares the source's table
   */
  readonly crawlerSecurity?: CrawlerSecurity;

  /**
   * How its table is kept up to date.
   *
   * @default Cataloguing.crawlOnSchemaChange()
   */
  readonly cataloguing?: Cataloguing;

  /**
   * Memory, time and logs of the pipeline's extractors.
   *
   * @default - see ExtractorOptions
   */
  readonly extractor?: ExtractorOptions;

  /**
   * Where the extractor stands in a VPC.
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

/** One source of a pipeline: its extractor, and the crawler that finds its table, or the table itself. */
export class PipelineSource extends ExtractionMetrics {
  /** The pipeline's name in metrics and log lines: its path. */
  readonly pipelineName: string;
  /** Name of the source and of its table. */
  readonly sourceName: string;
  /** The function that extracts it. */
  readonly lambdaFunction: lambda.IFunction;
  /** The logs of that function. */
  readonly logGroup: logs.ILogGroup;
  /** The library's extractor; undefined for a source of your own function. */
  readonly extractor?: ExtractorFunction;
  /** What finds its table; undefined when the template declares it. */
  readonly crawler?: CatalogCrawler;
  /** Its table, when the template declares it. */
  readonly table?: CatalogTable;
  /** @internal */
  readonly _source: Source;

  private readonly cataloguing?: Cataloguing;

  constructor(scope: Construct, id: string, props: PipelineSourceProps) {
    super(scope, id);
    const { source, lake } = props;
    this.pipelineName = pipelineNameOf(scope);
    this.sourceName = source.name;
    this._source = source;
    this.extractor = source._custom ? undefined : this.createExtractor(props);
    const { lambdaFunction, logGroup } = this.extractor ?? bindCustomFunction(this, source.name, source._custom!, lake.bucket);
    this.lambdaFunction = lambdaFunction;
    this.logGroup = logGroup;
    this.cataloguing = props.cataloguing;
    const declared = this.cataloguing?._table;
    this.table = declared && addSourceTable(this, source, declared, lake);
    this.crawler = declared ? undefined : this.createCrawler(props);
  }

  /** @internal */
  _grantRun(grantee: iam.IGrantable): iam.Grant {
    const follow = grantStatements(grantee, [
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], resources: [this.lambdaFunction.functionArn] }),
      new iam.PolicyStatement({
        actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:DescribeLogStreams'],
        resources: [this.logGroup.logGroupArn],
      }),
    ]);
    return this.crawler ? follow.combine(this.crawler.grantStart(grantee)) : follow;
  }

  /** @internal */
  _checkRules(rules: readonly QualityRule[], problems: Problems): void {
    checkColumns(this._source, rules, problems);
    if (this.table) {
      checkDeclaredColumns(this.sourceName, this.table.columns, rules, problems);
    }
  }

  /** @internal */
  _workflowSource(): WorkflowSource {
    const { sourceName: name, lambdaFunction, logGroup, crawler, table, cataloguing } = this;
    const { incremental, quality, schedule } = this._source._options;
    return { name, url: this._source._displayUrl(), lambdaFunction, logGroup, crawler, table, cataloguing, incremental, schedule, quality };
  }

  /** @internal */
  _manifest(): ManifestedPipeline['sources'][number] {
    const { parent, schedule } = this._source._options;
    return {
      name: this.sourceName,
      function: this.lambdaFunction,
      custom: this.extractor === undefined,
      crawler: this.crawler?.crawler,
      table: this.table?.table,
      parent: parent?._source.name,
      followsParent: parent !== undefined && schedule === undefined,
    };
  }

  private createExtractor({ source, lake, encryptionKey, extractor, network, removalPolicy }: PipelineSourceProps): ExtractorFunction {
    return new ExtractorFunction(this, 'Extractor', {
      ...extractor,
      ...source._options.extractor,
      source,
      bucket: lake.bucket,
      pipelineName: this.pipelineName,
      encryptionKey,
      network,
      removalPolicy,
    });
  }

  /** A crawler can run as soon as it is there, so what it needs comes first. */
  private createCrawler({ source, lake, crawlerRole, crawlerSecurity }: PipelineSourceProps): CatalogCrawler {
    const crawler = new CatalogCrawler(this, 'Crawler', {
      bucket: lake.bucket,
      prefix: rawPrefix(source.name),
      databaseName: lake.databaseName,
      crawlerName: source._options.crawlerName,
      role: crawlerRole!.role,
      security: crawlerSecurity,
      useLakeFormationCredentials: lake.lakeFormation !== undefined,
    });
    const grants = lake.lakeFormation?.grantCrawl(crawlerRole!.role, RAW_PREFIX) ?? [];
    crawler.node.addDependency(crawlerRole!.policy, ...grants, ...(lake.database ? [lake.database] : []));
    return crawler;
  }
}
