import { Aws, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { checkNamedQuery } from './check-named-query';
import { NamedQuery } from './named-query';
import { ResultsBucket } from './results-bucket';
import { workgroupStatements } from './workgroup-access';
import { workgroupMetric } from './workgroup-metric';
import { checkRegion, isToken } from '../core/checks';
import { plainRemovalPolicy } from '../core/deletion';
import { grantStatements } from '../core/grant-statements';
import { uniqueName } from '../core/names';
import { Problems } from '../core/problems';
import { checkEncryption, chosenKey, Encryption } from '../storage/lake-encryption';

/** GiB that one query may scan: about half a dollar at 5 USD a TB. */
export const DEFAULT_SCAN_LIMIT_GIB = 100;

/** The least that Athena accepts as a scan limit. */
const MIN_SCAN_LIMIT = Size.mebibytes(10);

/** Options of an AnalyticsWorkgroup. */
export interface AnalyticsWorkgroupProps {
  /**
   * Name of the workgroup.
   *
   * @default - a unique name made from the construct's path
   */
  readonly workgroupName?: string;

  /**
   * What the workgroup is for.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Bucket of the results. It must not be registered with Lake Formation.
   *
   * @default - a new ResultsBucket
   */
  readonly resultsBucket?: s3.IBucket;

  /**
   * Prefix of the results in their bucket. Who may use a workgroup can read all results under its prefix.
   *
   * @default - the workgroup's name
   */
  readonly resultsPrefix?: string;

  /**
   * Whose keys encrypt the results.
   *
   * @default Encryption.customerManaged()
   */
  readonly encryption?: Encryption;

  /**
   * Key that encrypts the results.
   *
   * @default - the results bucket's key, or a new one, unless `encryption` says otherwise
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Most that one query may scan; Athena cancels a query that goes beyond it.
   *
   * @default Size.gibibytes(100)
   */
  readonly scanLimit?: Size;

  /**
   * What happens when the stack is deleted. RETAIN keeps the workgroup with its history and named queries.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** An Athena workgroup whose settings no client can override: encrypted results, a scan limit, metrics. */
export class AnalyticsWorkgroup extends Construct {
  /** The workgroup. */
  readonly workgroup: athena.CfnWorkGroup;
  /** Its name. */
  readonly workgroupName: string;
  /** Bucket of the results. */
  readonly resultsBucket: s3.IBucket;
  /** Prefix of the results, ending in a slash. */
  readonly resultsPrefix: string;
  /** Key that encrypts the results; undefined where S3's keys do. */
  readonly encryptionKey?: kms.IKey;

  private readonly queryNames = new Set<string>();

  constructor(scope: Construct, id: string, props: AnalyticsWorkgroupProps = {}) {
    super(scope, id);
    this.checkProps(props);
    this.workgroupName = props.workgroupName ?? uniqueName(this);
    this.encryptionKey = chosenKey(this, { ...props, known: props.resultsBucket?.encryptionKey }, 'Encrypts query results');
    const { encryption, removalPolicy } = props;
    this.resultsBucket = props.resultsBucket ?? new ResultsBucket(this, 'Results', { encryption, encryptionKey: this.encryptionKey, removalPolicy }).bucket;
    this.resultsPrefix = props.resultsPrefix ?? `${this.workgroupName}/`;
    this.workgroup = this.createWorkgroup(props);
  }

  /**
   * Puts a query into the workgroup.
   *
   * @param databaseName database that the query's unqualified tables stand in.
   */
  addNamedQuery(query: NamedQuery, databaseName: string): athena.CfnNamedQuery {
    const problems = new Problems(this);
    problems.check(!this.queryNames.has(query.name), 'namedQueries', query.name, 'a workgroup holds one query of a name: choose another');
    checkNamedQuery(query, problems);
    problems.throwIfAny();
    this.queryNames.add(query.name);
    const created = new athena.CfnNamedQuery(this, `Query-${query.name}`, {
      name: query.name,
      description: query.description,
      database: databaseName,
      queryString: query.queryString,
      workGroup: this.workgroupName,
    });
    created.node.addDependency(this.workgroup);
    return created;
  }

  /** Lets someone run queries here and read their results. Access to the tables is granted by the lake. */
  grantQuery(grantee: iam.IGrantable): iam.Grant {
    return grantStatements(grantee, workgroupStatements(this));
  }

  /**
   * A metric of the workgroup's queries that read or write rows and succeeded, by default the highest in 5 minutes.
   *
   * @param metricName as it stands in CloudWatch.
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return workgroupMetric(metricName, this.workgroupName, options);
  }

  /** Bytes that a query scanned, by default the most in 5 minutes. */
  metricProcessedBytes(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ProcessedBytes', options);
  }

  /** Milliseconds that a query took, its waiting included, by default the longest in 5 minutes. */
  metricQueryTime(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('TotalExecutionTime', options);
  }

  private checkProps(props: AnalyticsWorkgroupProps): void {
    const problems = new Problems(this);
    const { resultsBucket, resultsPrefix, scanLimit, workgroupName } = props;
    checkRegion(problems, 'resultsBucket', resultsBucket, this);
    checkEncryption(problems, props, this);
    problems.check(isToken(workgroupName) || /^[a-zA-Z0-9._-]{1,128}$/.test(workgroupName ?? 'unique'), 'workgroupName', workgroupName,
      'use 1 to 128 letters, digits, dots, hyphens and underscores');
    problems.check(isToken(resultsPrefix) || /^([^/]+\/)+$/.test(resultsPrefix ?? 'results/'), 'resultsPrefix', resultsPrefix,
      'use folders, each ending in a slash, such as analysts/');
    problems.check((scanLimit ?? MIN_SCAN_LIMIT).toBytes() >= MIN_SCAN_LIMIT.toBytes(), 'scanLimit', `${scanLimit?.toBytes()} bytes`,
      'Athena takes Size.mebibytes(10) or more');
    problems.throwIfAny();
  }

  private createWorkgroup(props: AnalyticsWorkgroupProps): athena.CfnWorkGroup {
    const removalPolicy = plainRemovalPolicy(this, props.removalPolicy);
    const workgroup = new athena.CfnWorkGroup(this, 'Workgroup', {
      name: this.workgroupName,
      description: props.description,
      recursiveDeleteOption: removalPolicy === RemovalPolicy.DESTROY,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        requesterPaysEnabled: false,
        bytesScannedCutoffPerQuery: (props.scanLimit ?? Size.gibibytes(DEFAULT_SCAN_LIMIT_GIB)).toBytes(),
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: this.resultsBucket.s3UrlForObject(this.resultsPrefix),
          expectedBucketOwner: Aws.ACCOUNT_ID,
          encryptionConfiguration: this.encryptionKey ? { encryptionOption: 'SSE_KMS', kmsKey: this.encryptionKey.keyArn } : { encryptionOption: 'SSE_S3' },
        },
      },
    });
    workgroup.applyRemovalPolicy(removalPolicy);
    return workgroup;
  }
}
