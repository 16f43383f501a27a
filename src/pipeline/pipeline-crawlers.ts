import { Construct } from 'constructs';
import { CrawlerRole } from '../catalog/crawler-role';
import { CrawlerSecurity } from '../catalog/crawler-security';
import type { DataLakePipeline } from '../data-lake-pipeline';
import { RAW_PREFIX } from '../spec/object-keys';

/** What the crawlers of a pipeline share. */
export interface PipelineCrawlers {
  readonly crawlerRole: CrawlerRole;
  /** There is none where no key encrypts what crawlers write. */
  readonly crawlerSecurity?: CrawlerSecurity;
}

/** Made for the first source that has a crawler: a pipeline whose tables are all declared has none. */
export function createCrawlers(scope: Construct, { lake, encryptionKey }: Pick<DataLakePipeline, 'lake' | 'encryptionKey'>): PipelineCrawlers {
  const { bucket, databaseName, lakeFormation } = lake;
  return {
    crawlerRole: new CrawlerRole(scope, 'Crawlers', {
      bucket,
      prefix: RAW_PREFIX,
      databaseName,
      encryptionKey,
      useLakeFormationCredentials: lakeFormation !== undefined,
    }),
    crawlerSecurity: encryptionKey && new CrawlerSecurity(scope, 'CrawlerSecurity', { encryptionKey }),
  };
}
