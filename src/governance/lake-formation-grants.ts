import { Aws, CfnResource } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DEFAULT_DATA_LAKE_SETTINGS, LakeFormationOptions } from './governance';
import { addDeployingRole } from './lake-administrators';
import { LakePermission } from './lake-permission';
import { principalArn } from './lake-principal';
import { locationArn, RegisteredLocations } from './registered-locations';
import { SerialGrants } from './serial-grants';
import { Problems } from '../core/problems';

/** Whether the lake's locations are registered. */
export const DEFAULT_REGISTER_LOCATIONS = true;

/** Options of LakeFormationGrants. */
export interface LakeFormationGrantsProps extends LakeFormationOptions {
  /** The lake's bucket. */
  readonly bucket: s3.IBucket;

  /** The lake's database. */
  readonly databaseName: string;

  /**
   * Whether `raw/` and `curated/` of the bucket are registered with Lake Formation. A location can be registered once:
   * turn this off for a bucket that is registered already.
   *
   * @default true
   */
  readonly registerLocations?: boolean;
}

/**
 * Lake Formation's side of a lake: registered locations, the deploying role as administrator, and grants.
 *
 * Grants name all tables of the database, because tables that a crawler makes do not exist at deployment.
 */
export class LakeFormationGrants extends Construct {
  /** The registered locations, if they are registered here. */
  readonly registeredLocations?: RegisteredLocations;
  /** The data lake settings, if they are changed here. */
  readonly dataLakeSettings?: lakeformation.CfnDataLakeSettings;

  private readonly grants: SerialGrants;

  constructor(scope: Construct, id: string, private readonly props: LakeFormationGrantsProps) {
    super(scope, id);
    this.checkProps();
    this.grants = new SerialGrants(this);
    if (props.dataLakeSettings ?? DEFAULT_DATA_LAKE_SETTINGS) {
      this.dataLakeSettings = addDeployingRole(this, 'Settings', props.deploymentRole);
      this.grants.after(this.dataLakeSettings);
    }
    if (props.registerLocations ?? DEFAULT_REGISTER_LOCATIONS) {
      this.registeredLocations = this.register(props.bucket);
      this.grants.after(...this.registeredLocations.locations);
    }
  }

  /** Orders a database of the template between the settings and the grants. */
  governDatabase(database: glue.CfnDatabase): void {
    if (this.dataLakeSettings) {
      database.node.addDependency(this.dataLakeSettings);
    }
    this.grants.after(database);
  }

  /** Lets someone see the database and read all its tables. Returns the grants, for others to depend on. */
  grantRead(grantee: iam.IGrantable): CfnResource[] {
    return [
      this.grantDatabase(grantee, [LakePermission.DESCRIBE]),
      this.grantTables(grantee, [LakePermission.SELECT, LakePermission.DESCRIBE]),
    ];
  }

  /**
   * Lets a crawler make tables over a prefix, and go on with tables that an earlier role of it made.
   * Returns the grants, for others to depend on.
   */
  grantCrawl(grantee: iam.IGrantable, prefix: string): CfnResource[] {
    const { ALTER, CREATE_TABLE, DESCRIBE, INSERT, SELECT } = LakePermission;
    return [
      this.grantDatabase(grantee, [CREATE_TABLE, DESCRIBE, ALTER]),
      this.grantTables(grantee, [SELECT, INSERT, DESCRIBE, ALTER]),
      this.grantLocation(grantee, prefix),
    ];
  }

  /**
   * Lets someone read the tables over a prefix, and add columns and partitions to them.
   * Returns the grants, for others to depend on.
   */
  grantMaintain(grantee: iam.IGrantable, prefix: string): CfnResource[] {
    const { ALTER, DESCRIBE, INSERT, SELECT } = LakePermission;
    return [
      this.grantDatabase(grantee, [DESCRIBE]),
      this.grantTables(grantee, [SELECT, INSERT, DESCRIBE, ALTER]),
      this.grantLocation(grantee, prefix),
    ];
  }

  /**
   * Lets someone who maintains tables also make tables over a prefix and take rows out of them. What `grantMaintain` grants
   * is not granted twice. Returns the grants, for others to depend on.
   */
  grantCurate(grantee: iam.IGrantable, prefix: string): CfnResource[] {
    return [
      this.grantDatabase(grantee, [LakePermission.CREATE_TABLE]),
      this.grantTables(grantee, [LakePermission.DELETE]),
      this.grantLocation(grantee, prefix),
    ];
  }

  /** Grants on the database itself. */
  grantDatabase(grantee: iam.IGrantable, permissions: LakePermission[]): CfnResource {
    return this.grant('Database', grantee, permissions, { database: { catalogId: Aws.ACCOUNT_ID, name: this.props.databaseName } });
  }

  /** Grants on all tables of the database, those to come included. */
  grantTables(grantee: iam.IGrantable, permissions: LakePermission[]): CfnResource {
    const table = { catalogId: Aws.ACCOUNT_ID, databaseName: this.props.databaseName, tableWildcard: {} };
    return this.grant('Tables', grantee, permissions, { table });
  }

  /** Lets someone make tables over a prefix of the bucket. */
  grantLocation(grantee: iam.IGrantable, prefix: string): CfnResource {
    const dataLocation = { catalogId: Aws.ACCOUNT_ID, resourceArn: locationArn(this.props.bucket, prefix) };
    return this.grant(`Location-${prefix.replace(/\W/g, '')}`, grantee, [LakePermission.DATA_LOCATION_ACCESS], { dataLocation });
  }

  private checkProps(): void {
    const { dataLakeSettings, deploymentRole } = this.props;
    const problems = new Problems(this);
    problems.check(dataLakeSettings !== false || deploymentRole === undefined, 'governance', 'a deploymentRole, and dataLakeSettings: false',
      'leave deploymentRole out: without the settings nothing is done with it');
    problems.throwIfAny();
  }

  private register(bucket: s3.IBucket): RegisteredLocations {
    const registered = new RegisteredLocations(this, 'Locations', { bucket });
    for (const location of this.dataLakeSettings ? registered.locations : []) {
      location.node.addDependency(this.dataLakeSettings!);
    }
    return registered;
  }

  private grant(
    kind: string,
    grantee: iam.IGrantable,
    permissions: LakePermission[],
    resource: lakeformation.CfnPrincipalPermissions.ResourceProperty,
  ): CfnResource {
    return this.grants.add(kind, grantee.grantPrincipal, principalArn(this, grantee), permissions, resource);
  }
}
