import { Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CrawlerRole } from './crawler-role';
import { CrawlerSecurity } from './crawler-security';
import { Problems } from '../core/problems';
import { tableLevel } from '../spec/object-keys';

/** Options of a CatalogCrawler. */
export interface CatalogCrawlerProps {
  /** Bucket that is crawled. */
  readonly bucket: s3.IBucket;

  /** Prefix of one table, such as `raw/users/`. The table takes the name of its last folder. */
  readonly prefix: string;

  /** Database that receives the table. */
  readonly databaseName: string;

  /**
   * Name of the crawler.
   *
   * @default - a name made by CloudFormation
   */
  readonly crawlerName?: string;

  /**
   * Role of the crawler. Share one among the crawlers of a lake.
   *
   * @default - a new CrawlerRole for the prefix
   */
  readonly role?: iam.IRole;

  /**
   * Security configuration of the crawler. Share one among the crawlers of a lake.
   *
   * @default - a new one if there is an encryption key, otherwise none
   */
  readonly security?: CrawlerSecurity;

  /**
   * Key that encrypts what the crawler writes. An imported key's policy must let CloudWatch Logs use it.
   *
   * @default - the bucket's key
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether Lake Formation hands out the access to S3. The location must be registered and the role granted.
   *
   * @default false
   */
  readonly useLakeFormationCredentials?: boolean;
}

/** Whether a crawler takes its credentials from Lake Formation. */
export const DEFAULT_USE_LAKE_FORMATION_CREDENTIALS = false;

/**
 * A Glue crawler for one table, run on demand.
 *
 * New columns are added and never taken away; partitions take the table's schema.
 */
export class CatalogCrawler extends Construct {
  /** The crawler. */
  readonly crawler: glue.CfnCrawler;
  /** Its role. */
  readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: CatalogCrawlerProps) {
    super(scope, id);
    this.checkProps(props);
    const encryptionKey = props.encryptionKey ?? props.bucket.encryptionKey;
    const useLakeFormationCredentials = props.useLakeFormationCredentials ?? DEFAULT_USE_LAKE_FORMATION_CREDENTIALS;
    const own = props.role ? undefined : new CrawlerRole(this, 'Access', { ...props, encryptionKey, useLakeFormationCredentials });
    this.role = props.role ?? own!.role;
    const security = props.security ?? (encryptionKey && new CrawlerSecurity(this, 'Security', { encryptionKey }));
    this.crawler = new glue.CfnCrawler(this, 'Crawler', {
      name: props.crawlerName,
      role: this.role.roleArn,
      databaseName: props.databaseName,
      targets: { s3Targets: [{ path: props.bucket.s3UrlForObject(props.prefix) }] },
      configuration: crawlerConfiguration(props.prefix),
      schemaChangePolicy: { updateBehavior: 'UPDATE_IN_DATABASE', deleteBehavior: 'LOG' },
      recrawlPolicy: { recrawlBehavior: 'CRAWL_EVERYTHING' },
      lakeFormationConfiguration: useLakeFormationCredentials ? { useLakeFormationCredentials } : undefined,
      crawlerSecurityConfiguration: security?.configurationName,
    });
    this.dependOn(own?.policy, security?.configuration);
  }

  /** Name of the crawler. */
  get crawlerName(): string {
    return this.crawler.ref;
  }

  /** @internal */
  get _arn(): string {
    return Stack.of(this).formatArn({ service: 'glue', resource: 'crawler', resourceName: this.crawlerName });
  }

  /** Lets someone start the crawler and follow it. */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['glue:StartCrawler', 'glue:GetCrawler'], resourceArns: [this._arn] });
  }

  private checkProps(props: CatalogCrawlerProps): void {
    const problems = new Problems(this);
    problems.check(/^([^/]+\/)+$/.test(props.prefix), 'prefix', props.prefix, 'use folders, each ending in a slash, such as raw/users/');
    problems.throwIfAny();
  }

  private dependOn(...resources: (Construct | undefined)[]): void {
    for (const resource of resources) {
      if (resource) {
        this.crawler.node.addDependency(resource);
      }
    }
  }
}

/** @see https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html */
function crawlerConfiguration(prefix: string): string {
  return JSON.stringify({
    Version: 1,
    CrawlerOutput: {
      Partitions: { AddOrUpdateBehavior: 'InheritFromTable' },
      Tables: { AddOrUpdateBehavior: 'MergeNewColumns' },
    },
    // One date a partition needs no index; on by default, it would ask for two more actions of the role.
    CreatePartitionIndex: false,
    Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas', TableLevelConfiguration: tableLevel(prefix) },
  });
}
