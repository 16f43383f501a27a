import { Annotations, Aws, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, IConstruct } from 'constructs';
import { AuditTables } from './audit/audit-tables';
import { ObjectAudit } from './audit/object-audit';
import { checkAccount, checkRegion } from './core/checks';
import { dataRemovalPolicy } from './core/deletion';
import { grantStatements } from './core/grant-statements';
import { uniqueDatabaseName } from './core/names';
import { Problems } from './core/problems';
import { DataLakeAttributes, DataLakeProps } from './data-lake-props';
import { LakeReadOptions, LakeWriteOptions } from './governance/access-options';
import { Governance } from './governance/governance';
import { LakeFormationGrants } from './governance/lake-formation-grants';
import { LakeFormationGrantsProps } from './governance/lake-formation-grants-props';
import { checkWithoutLakeFormation } from './governance/partial-access';
import { tableAdministerStatements, tableReadStatements, tableWriteStatements } from './governance/table-statements';
import { GLUE_NAME_PATTERN } from './spec/validate-source-spec';
import { checkEncryption, chosenKey, Encryption, EncryptionChoice } from './storage/lake-encryption';
import { RawBucket } from './storage/raw-bucket';

/** What pipelines share. */
export interface IDataLake extends IConstruct {
  /** Bucket of the data. */
  readonly bucket: s3.IBucket;
  /** Name of the Glue database. */
  readonly databaseName: string;
  /** The Glue database, if it stands in this app. */
  readonly database?: glue.CfnDatabase;
  /** Whose keys encrypt the lake, logs and query results. */
  readonly encryption: Encryption;
  /** Key of the lake, which also encrypts logs and query results; undefined where the services' keys do, or where it is not known. */
  readonly encryptionKey?: kms.IKey;
  /** Bucket with the access logs of the lake's buckets. */
  readonly accessLogsBucket?: s3.IBucket;
  /** Lake Formation's side of the lake; undefined if IAM alone governs it. */
  readonly lakeFormation?: LakeFormationGrants;
  /** The tables over the records of accesses, if there are any in this app. */
  readonly auditTables?: AuditTables;

  /**
   * Lets someone read the tables, or what the options leave of them. Who queries with Athena also needs a workgroup: one
   * that is shared with nobody who sees more, because results are read by all who may use it.
   */
  grantRead(grantee: iam.IGrantable, options?: LakeReadOptions): iam.Grant;

  /**
   * Lets someone read tables and change the rows of curated ones. The tables of sources are written by their extractors alone.
   */
  grantWrite(grantee: iam.IGrantable, options?: LakeWriteOptions): iam.Grant;

  /** Lets someone make, change and drop tables, and pass access to them on to others. */
  grantAdminister(grantee: iam.IGrantable): iam.Grant;
}

/** Whoever IAM lets in: with it on a table, Lake Formation does not look at it. */
const OPEN_TO_IAM: glue.CfnDatabase.PrincipalPrivilegesProperty = {
  permissions: ['ALL'],
  principal: { dataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' },
};

/** Two lakes in one bucket would write the same keys and register the same locations. */
const LAKES = new WeakMap<s3.IBucket, string>();

abstract class DataLakeBase extends Construct implements IDataLake {
  abstract readonly bucket: s3.IBucket;
  abstract readonly databaseName: string;
  abstract readonly encryption: Encryption;
  abstract readonly encryptionKey?: kms.IKey;
  abstract readonly database?: glue.CfnDatabase;
  abstract readonly accessLogsBucket?: s3.IBucket;
  abstract readonly lakeFormation?: LakeFormationGrants;
  abstract readonly auditTables?: AuditTables;

  grantRead(grantee: iam.IGrantable, options: LakeReadOptions = {}): iam.Grant {
    if (!this.lakeFormation) {
      checkWithoutLakeFormation(this, options);
    }
    this.lakeFormation?.grantRead(grantee, options);
    return grantStatements(grantee, tableReadStatements(this, options.table));
  }

  grantWrite(grantee: iam.IGrantable, options: LakeWriteOptions = {}): iam.Grant {
    this.lakeFormation?.grantWrite(grantee, options);
    return grantStatements(grantee, [...tableReadStatements(this, options.table), ...tableWriteStatements(this, options.table)]);
  }

  grantAdminister(grantee: iam.IGrantable): iam.Grant {
    this.lakeFormation?.grantAdminister(grantee);
    return grantStatements(grantee, [...tableReadStatements(this), ...tableWriteStatements(this), ...tableAdministerStatements(this)]);
  }
}

/** What pipelines share: bucket, key, Glue database and governance. */
export class DataLake extends DataLakeBase {
  /** A lake that another app made. */
  static fromAttributes(scope: Construct, id: string, attrs: DataLakeAttributes): IDataLake {
    return new ImportedDataLake(scope, id, attrs);
  }

  readonly bucket: s3.IBucket;
  readonly databaseName: string;
  readonly database?: glue.CfnDatabase;
  readonly encryption: Encryption;
  readonly encryptionKey?: kms.IKey;
  readonly accessLogsBucket?: s3.IBucket;
  readonly lakeFormation?: LakeFormationGrants;
  /** CloudTrail's record of accesses, if there is one. */
  readonly audit?: ObjectAudit;
  /** The tables over the records of accesses, if there are any. */
  readonly auditTables?: AuditTables;
  /** The bucket with all around it, if it was made here. */
  readonly rawBucket?: RawBucket;

  constructor(scope: Construct, id: string, props: DataLakeProps = {}) {
    super(scope, id);
    this.checkBucket(props);
    this.databaseName = checkedDatabaseName(this, props.databaseName);
    this.encryption = props.encryption ?? Encryption.customerManaged();
    this.encryptionKey = chosenKey(this, { ...props, known: props.bucket?.encryptionKey }, `Encrypts the data lake ${this.databaseName}`);
    this.rawBucket = props.bucket ? undefined : this.createBucket(props.removalPolicy);
    this.bucket = props.bucket ?? this.rawBucket!.bucket;
    this.accessLogsBucket = this.rawBucket?.accessLogsBucket;
    this.audit = props.audit?._trail && new ObjectAudit(this, 'Audit', { ...props.audit._trail, bucket: this.bucket, accessLogsBucket: this.accessLogsBucket });
    this.auditTables = props.audit && this.createAuditTables(props.removalPolicy);
    this.lakeFormation = governedBy(this, props.governance, { registerLocations: true, removalPolicy: props.removalPolicy });
    this.database = this.createDatabase(props.removalPolicy);
    this.lakeFormation?.governDatabase(this.database);
  }

  private checkBucket({ bucket, encryption, encryptionKey }: DataLakeProps): void {
    checkPlace(this, { bucket, encryption, encryptionKey });
    if (!bucket) {
      return;
    }
    const problems = new Problems(this);
    problems.check(encryption?._hasKey !== false || bucket.encryptionKey === undefined, 'bucket', `${bucket.node.path}, which has a key, and encryption: Encryption.s3Managed()`,
      'leave encryption out: the bucket\'s key is the lake\'s then');
    const owner = LAKES.get(bucket);
    problems.check(owner === undefined, 'bucket', bucket.node.path, `${owner} is a lake in the same bucket: share it with \`lake\``);
    problems.throwIfAny();
    LAKES.set(bucket, this.node.path);
    if (encryptionKey && !bucket.encryptionKey && !(bucket instanceof s3.Bucket)) {
      Annotations.of(this).addWarningV2('cdk-data-lake-pipeline:bucketWithoutKey',
        `bucket: ${bucket.node.path} is imported without a key, so nothing here may use encryptionKey for its objects; `
        + 'if they are encrypted with a key, import the bucket with it: Bucket.fromBucketAttributes({ bucketName, encryptionKey })');
    }
  }

  private createBucket(removalPolicy?: RemovalPolicy): RawBucket {
    const { encryption, encryptionKey } = this;
    return new RawBucket(this, 'Storage', { encryption, encryptionKey, removalPolicy });
  }

  private createAuditTables(removalPolicy?: RemovalPolicy): AuditTables {
    const { accessLogsBucket, bucket, audit } = this;
    const problems = new Problems(this);
    problems.check(accessLogsBucket !== undefined || audit !== undefined, 'audit', 'Audit.accessLogs(), and a bucket that was not made here',
      'its access logs are its owner\'s: use Audit.cloudTrail(), or leave audit out');
    problems.throwIfAny();
    return new AuditTables(this, 'AuditTables', { databaseName: `${this.databaseName}_audit`, bucket, accessLogsBucket, trailBucket: audit?.bucket, removalPolicy });
  }

  private createDatabase(removalPolicy?: RemovalPolicy): glue.CfnDatabase {
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: this.databaseName,
        description: 'Tables of a data lake',
        createTableDefaultPermissions: this.lakeFormation && !this.lakeFormation.hybridAccess ? [] : [OPEN_TO_IAM],
      },
    });
    database.applyRemovalPolicy(dataRemovalPolicy(this, removalPolicy));
    return database;
  }
}

class ImportedDataLake extends DataLakeBase {
  readonly bucket: s3.IBucket;
  readonly databaseName: string;
  readonly database = undefined;
  readonly encryption: Encryption;
  readonly encryptionKey?: kms.IKey;
  readonly accessLogsBucket = undefined;
  readonly auditTables = undefined;
  readonly lakeFormation?: LakeFormationGrants;

  constructor(scope: Construct, id: string, attrs: DataLakeAttributes) {
    super(scope, id);
    checkPlace(this, attrs);
    this.bucket = attrs.bucket;
    this.encryption = attrs.encryption ?? Encryption.customerManaged();
    this.databaseName = checkedDatabaseName(this, attrs.databaseName);
    this.encryptionKey = attrs.encryptionKey;
    this.lakeFormation = governedBy(this, attrs.governance, { registerLocations: false });
  }
}

function governedBy(
  lake: IDataLake,
  governance: Governance = Governance.lakeFormation(),
  props: Pick<LakeFormationGrantsProps, 'registerLocations' | 'removalPolicy'>,
): LakeFormationGrants | undefined {
  const options = governance._lakeFormation;
  const { bucket, databaseName, encryptionKey } = lake;
  return options && new LakeFormationGrants(lake as unknown as Construct, 'Governance', { ...options, ...props, bucket, databaseName, encryptionKey });
}

function checkPlace(lake: Construct, { bucket, ...encryption }: EncryptionChoice & { readonly bucket?: s3.IBucket }): void {
  const problems = new Problems(lake);
  checkRegion(problems, 'bucket', bucket, lake);
  checkAccount(problems, 'bucket', bucket, lake);
  checkEncryption(problems, encryption, lake);
  problems.throwIfAny();
}

function checkedDatabaseName(lake: Construct, name: string | undefined): string {
  if (name !== undefined && Token.isUnresolved(name)) {
    return name;
  }
  const problems = new Problems(lake);
  problems.check(name === undefined || GLUE_NAME_PATTERN.test(name), 'databaseName', name,
    'use lower-case letters, digits and underscores, starting with a letter, at most 100');
  problems.throwIfAny();
  return name ?? uniqueDatabaseName(lake);
}
