import { WorkflowSource } from './workflow-source';
import { Cataloguing } from '../catalog/cataloguing';
import { IDataLake } from '../data-lake';
import { backfillUnit, CataloguePlan, CrawlPlan, INGESTION_DATE_PLACEHOLDER, PARTITION_KEY, rawPrefix, SourcePlan } from '../spec';

/** The plan of a source, but for what follows its table. */
export function sourcePlan(source: WorkflowSource, lake: IDataLake, workgroup: string): Omit<SourcePlan, 'quality' | 'transforms'> {
  const { name } = source;
  return {
    source: name,
    functionArn: source.lambdaFunction.functionArn,
    ...(source.url !== undefined && { url: source.url }),
    logGroup: source.logGroup.logGroupName,
    database: lake.databaseName,
    table: name,
    bucket: lake.bucket.bucketName,
    prefix: rawPrefix(name),
    workgroup,
    backfill: backfillUnit(source.incremental?._render()),
    catalogue: cataloguePlan(source, lake),
  };
}

function cataloguePlan({ name, crawler, cataloguing }: WorkflowSource, { databaseName }: IDataLake): CataloguePlan {
  return crawler === undefined ? { strategy: 'explicit' } : {
    strategy: (cataloguing ?? Cataloguing.crawlOnSchemaChange())._strategy as CrawlPlan['strategy'],
    crawlerName: crawler.crawlerName,
    addPartition: `ALTER TABLE \`${databaseName}\`.\`${name}\` ADD IF NOT EXISTS PARTITION (\`${PARTITION_KEY}\` = '${INGESTION_DATE_PLACEHOLDER}')`,
  };
}
