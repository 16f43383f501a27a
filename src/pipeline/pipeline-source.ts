import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CatalogCrawler } from '../catalog/catalog-crawler';
import { Cataloguing } from '../catalog/cataloguing';
import { CrawlerRole } from '../catalog/crawler-role';
import { CrawlerSecurity } from '../catalog/crawler-security';
import { grantStatements } from '../core/grant-statements';
import { pipelineNameOf } from '../core/names';
import { IDataLake } from '../data-lake';
import { ManifestedPipeline } from './pipeline-manifest';
import { bindCustomFunction } from '../extraction/custom-extractor';
import { ExtractionMetrics } from '../extraction/extraction-metrics';
import { ExtractorFunction } from '../extraction/extractor-function';
import { ExtractorOptions } from '../extraction/extractor-options';
import { Source } from '../extraction/source';
import { rawPrefix, RAW_PREFIX } from '../spec/object-keys';
import { WorkflowSource } from '../workflow/workflow-source';

/** Options of a PipelineSource. */
export interface PipelineSourceProps {
  /** What is extracted. */
  readonly source: Source;
  /** Lake that receives it. */
  readonly lake: IDataLake;
  /** Key that encrypts logs. */
  readonly encryptionKey: kms.IKey;
  /** Role of the pipeline's crawlers. */
  readonly crawlerRole: CrawlerRole;
  /** Security configuration of the pipeline's crawlers. */
  readonly crawlerSecurity: CrawlerSecurity;

  /**
   * How the tables of the pipeline are kept up to date. The source's own option goes first.
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
   * What happens to the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** One source of a pipeline: its extractor and its crawler. */
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
  /** What keeps its table. */
  readonly crawler: CatalogCrawler;
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
    this.cataloguing = source._options.cataloguing ?? props.cataloguing;
    this.crawler = new CatalogCrawler(this, 'Crawler', {
      bucket: lake.bucket,
      prefix: rawPrefix(source.name),
      databaseName: lake.databaseName,
      crawlerName: source._options.crawlerName,
      role: props.crawlerRole.role,
      security: props.crawlerSecurity,
      useLakeFormationCredentials: lake.lakeFormation !== undefined,
    });
    this.orderCrawler(props);
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
    return follow.combine(this.crawler.grantStart(grantee));
  }

  /** @internal */
  _workflowSource(): WorkflowSource {
    const { sourceName: name, lambdaFunction, logGroup, crawler, cataloguing } = this;
    const { quality, schedule } = this._source._options;
    return { name, url: this._source._displayUrl(), lambdaFunction, logGroup, crawler, cataloguing, schedule, quality };
  }

  /** @internal */
  _manifest(): ManifestedPipeline['sources'][number] {
    return {
      name: this.sourceName,
      function: this.lambdaFunction,
      custom: this.extractor === undefined,
      crawler: this.crawler.crawler,
      parent: this._source._options.parent?._source.name,
    };
  }

  private createExtractor({ source, lake, encryptionKey, extractor, removalPolicy }: PipelineSourceProps): ExtractorFunction {
    return new ExtractorFunction(this, 'Extractor', {
      ...extractor,
      ...source._options.extractor,
      source,
      bucket: lake.bucket,
      pipelineName: this.pipelineName,
      encryptionKey,
      removalPolicy,
    });
  }

  /** A crawler can run as soon as it is there, so what it needs comes first. */
  private orderCrawler({ crawlerRole, lake }: PipelineSourceProps): void {
    const grants = lake.lakeFormation?.grantCrawl(crawlerRole.role, RAW_PREFIX) ?? [];
    this.crawler.node.addDependency(crawlerRole.policy, ...grants, ...(lake.database ? [lake.database] : []));
  }
}
