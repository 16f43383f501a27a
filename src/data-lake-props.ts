import { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Audit } from './audit/audit';
import { Governance } from './governance/governance';
import { Encryption } from './storage/lake-encryption';

/** Options of a DataLake. */
export interface DataLakeProps {
  /**
   * Name of the Glue database: lower-case letters, digits and underscores.
   *
   * @default - a unique name made from the construct's path
   */
  readonly databaseName?: string;

  /**
   * Bucket of the data, in the stack's region and account. A bucket whose objects are encrypted with a key must be
   * imported with it (`Bucket.fromBucketAttributes`), otherwise the extractors cannot write.
   *
   * @default - a new RawBucket
   */
  readonly bucket?: s3.IBucket;

  /**
   * Whose keys encrypt data, logs, query results, notices and environments.
   *
   * @default Encryption.customerManaged()
   */
  readonly encryption?: Encryption;

  /**
   * Key that encrypts the data of a new bucket, logs and query results, in the stack's region and account. A key that is imported must let
   * CloudWatch Logs use it, and CloudWatch's alarms where the pipeline is monitored.
   *
   * @default - the key of the bucket, or a new one, unless `encryption` says otherwise
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Who decides what a principal may read.
   *
   * @default Governance.lakeFormation()
   */
  readonly governance?: Governance;

  /**
   * Record of every access to the lake's objects, with tables to query it.
   *
   * @default - access logs of S3 only, where the bucket is made here, without a table
   */
  readonly audit?: Audit;

  /**
   * What happens when the stack is deleted. DESTROY deletes data, keys and the database only if the app's context
   * `cdk-data-lake-pipeline:deleteData` is `true` too, and logs and workgroups in any case.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What is known of a lake that another app made. */
export interface DataLakeAttributes {
  /** Bucket of the data. Import it with its key, if it has one. */
  readonly bucket: s3.IBucket;

  /** Name of the Glue database. */
  readonly databaseName: string;

  /**
   * Whose keys encrypt logs and query results of the pipelines on this lake. The data has its bucket's.
   *
   * @default Encryption.customerManaged()
   */
  readonly encryption?: Encryption;

  /**
   * Key that encrypts logs and query results of the pipelines on this lake.
   *
   * @default - each pipeline makes one, unless `encryption` says otherwise
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Who decides what a principal may read. The lake's own app has registered its locations.
   *
   * @default Governance.lakeFormation()
   */
  readonly governance?: Governance;
}
