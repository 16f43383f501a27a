import { Aws, CfnResource, Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LakeReadOptions, LakeTagTarget, LakeWriteOptions } from './access-options';
import { checkGovernance } from './check-governance';
import { dataCellsFilter } from './data-cells-filter';
import { checkColumns, checkPart, DeclaredTable, declaredTable } from './declared-table';
import { DEFAULT_DATA_LAKE_SETTINGS, DEFAULT_DESCRIBE_DEFAULT_DATABASE, DEFAULT_HYBRID_ACCESS, DEFAULT_REVOKE_IAM_ALLOWED_PRINCIPALS } from './governance';
import { HybridAccess } from './hybrid-access';
import { addDeployingRole } from './lake-administrators';
import { LakeFormationFunction } from './lake-formation-function';
import { DEFAULT_REGISTER_LOCATIONS, LakeFormationGrantsProps } from './lake-formation-grants-props';
import { LakePermission } from './lake-permission';
import { databaseResource, filterResource, locationResource, tableResource, taggedResource } from './lake-resources';
import { ILakeTag, LakeTagValues } from './lake-tag';
import { principalIdentifier, principalKey } from './principal-identifier';
import { PrincipalRights } from './principal-rights';
import { locationArn, RegisteredLocations } from './registered-locations';
import { LakeGrant, SerialGrants } from './serial-grants';
import { associate, checkTags } from './tag-association';
import { Problems } from '../core/problems';
import { CURATED_PREFIX, RAW_PREFIX } from '../spec/object-keys';

/**
 * Lake Formation's side of a lake: registered locations, the deploying role as administrator, and grants.
 *
 * Table, column and row grants are for tables that stand in the template. Tables that a crawler or a transform makes do not exist
 * at deployment: grants reach them by naming all tables of the database, or a tag that it bears.
 */
export class LakeFormationGrants extends Construct {
  /** The registered locations, if they are registered here. */
  readonly registeredLocations?: RegisteredLocations;
  /** The data lake settings, if they are changed here. */
  readonly dataLakeSettings?: lakeformation.CfnDataLakeSettings;
  /** Whether IAM goes on deciding for those who are granted nothing here. */
  readonly hybridAccess: boolean;

  /** Whether readers also see the database `default`. */
  readonly describesDefaultDatabase: boolean;

  private readonly hybrid?: HybridAccess;
  private readonly grants: SerialGrants;
  private readonly rights = new PrincipalRights();
  private readonly tables = new Map<string, DeclaredTable>();

  constructor(scope: Construct, id: string, private readonly props: LakeFormationGrantsProps) {
    super(scope, id);
    checkGovernance(this, props);
    this.hybridAccess = props.hybridAccess ?? DEFAULT_HYBRID_ACCESS;
    this.describesDefaultDatabase = props.describeDefaultDatabase ?? DEFAULT_DESCRIBE_DEFAULT_DATABASE;
    this.grants = new SerialGrants(this);
    if (props.dataLakeSettings ?? DEFAULT_DATA_LAKE_SETTINGS) {
      this.dataLakeSettings = addDeployingRole(this, 'Settings', props.deploymentRole);
      this.grants.after(this.dataLakeSettings);
    }
    if (props.registerLocations ?? DEFAULT_REGISTER_LOCATIONS) {
      this.registeredLocations = this.register(props.bucket);
      this.grants.after(...this.registeredLocations.locations);
    }
    this.hybrid = this.hybridAccess ? new HybridAccess(this, 'HybridAccess', this.grants, { ...props, settings: this.dataLakeSettings! }) : undefined;
  }

  /** Orders a database of the template between the settings and the grants. */
  governDatabase(database: glue.CfnDatabase): void {
    if (this.dataLakeSettings) {
      database.node.addDependency(this.dataLakeSettings);
    }
    this.grants.after(database);
    if (!this.hybridAccess && (this.props.revokeIamAllowedPrincipals ?? DEFAULT_REVOKE_IAM_ALLOWED_PRINCIPALS)) {
      this.closeDatabase();
    }
  }

  /** Takes a table of the template under the lake's grants: it can be named in them. */
  governTable(table: glue.CfnTable): void {
    if (this.dataLakeSettings) {
      table.node.addDependency(this.dataLakeSettings);
    }
    const declared = declaredTable(table);
    this.tables.set(declared.name, declared);
  }

  /** Gives a value of a tag to the database, a table or some columns. What is below inherits it, tables to come included. */
  tag(tag: ILakeTag, value: string, target: LakeTagTarget = {}): CfnResource {
    const table = target.table === undefined ? undefined : this.declared(target.table);
    const problems = new Problems(this);
    problems.check(table !== undefined || target.columns === undefined, 'columns', target.columns, 'name their table');
    if (table) {
      checkColumns(table, 'columns', target.columns, problems);
    }
    problems.throwIfAny();
    this.governTag(tag);
    const scope = this.grants.scopeIn(Stack.of(table?.resource ?? this));
    const association = this.grants.order(associate(scope, this.props.databaseName, tag, value, target));
    if (table) {
      association.node.addDependency(table.resource);
    }
    return association;
  }

  /**
   * Lets someone see the database and read its tables, or what the options leave of them.
   * Returns the grants, for others to depend on.
   */
  grantRead(grantee: iam.IGrantable, options: LakeReadOptions = {}): CfnResource[] {
    const { DESCRIBE, SELECT } = LakePermission;
    if (options.tags !== undefined) {
      return [...this.grantTagged(grantee, options, options.tags), ...this.grantDefault(grantee)];
    }
    const databases = [this.grantDatabase(grantee, [DESCRIBE]), ...this.grantDefault(grantee)];
    const table = this.tableOf(options);
    if (!table) {
      return [...databases, this.grantTables(grantee, [SELECT, DESCRIBE])];
    }
    const hidden = [options.columns, options.excludedColumns, options.rowFilter].some((option) => option !== undefined);
    return [...databases, hidden ? this.grantPart(grantee, table, options) : this.grantTable(grantee, table, [SELECT, DESCRIBE])];
  }

  /**
   * Lets someone read tables and change their rows. In effect that is the curated ones: IAM opens their files to the grantee, and the
   * tables of sources are written by their extractors alone. Returns the grants, for others to depend on.
   */
  grantWrite(grantee: iam.IGrantable, options: LakeWriteOptions = {}): CfnResource[] {
    const { ALTER, DELETE, DESCRIBE, INSERT, SELECT } = LakePermission;
    const permissions = [SELECT, INSERT, DELETE, ALTER, DESCRIBE]; // a commit to an Iceberg table alters its entry
    const table = this.tableOf(options);
    return [
      this.grantDatabase(grantee, [DESCRIBE]),
      ...this.grantDefault(grantee),
      table ? this.grantTable(grantee, table, permissions) : this.grantTables(grantee, permissions),
    ];
  }

  /** Lets someone do all with the database and its tables, and pass that on. Returns the grants, for others to depend on. */
  grantAdminister(grantee: iam.IGrantable): CfnResource[] {
    const { ALTER, CREATE_TABLE, DELETE, DESCRIBE, DROP, INSERT, SELECT } = LakePermission;
    const { databaseName } = this.props;
    const database = [CREATE_TABLE, ALTER, DROP, DESCRIBE];
    const tables = [SELECT, INSERT, DELETE, ALTER, DROP, DESCRIBE];
    return [
      this.grant({ kind: 'Database', grantee, permissions: database, resource: databaseResource(databaseName), grantable: true }),
      this.grant({ kind: 'Tables', grantee, permissions: tables, resource: tableResource(databaseName), grantable: true }),
      this.grantLocation(grantee, RAW_PREFIX),
      this.grantLocation(grantee, CURATED_PREFIX),
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
    return this.grant({ kind: 'Database', grantee, permissions, resource: databaseResource(this.props.databaseName) });
  }

  /** Grants on all tables of the database, those to come included. */
  grantTables(grantee: iam.IGrantable, permissions: LakePermission[]): CfnResource {
    return this.grant({ kind: 'Tables', grantee, permissions, resource: tableResource(this.props.databaseName) });
  }

  /** Lets someone make tables over a prefix of the bucket. */
  grantLocation(grantee: iam.IGrantable, prefix: string): CfnResource {
    const resource = locationResource(locationArn(this.props.bucket, prefix));
    return this.grant({ kind: `Location-${prefix.replace(/\W/g, '')}`, grantee, permissions: [LakePermission.DATA_LOCATION_ACCESS], resource });
  }

  private grantDefault(grantee: iam.IGrantable): CfnResource[] {
    const grant = { kind: 'DefaultDatabase', grantee, permissions: [LakePermission.DESCRIBE], resource: databaseResource('default') };
    return this.describesDefaultDatabase ? [this.grant(grant)] : [];
  }

  private grantTable(grantee: iam.IGrantable, { name, resource }: DeclaredTable, permissions: LakePermission[]): CfnResource {
    return this.grant({ kind: 'Table', grantee, permissions, resource: tableResource(this.props.databaseName, name), table: resource });
  }

  /** The columns and rows of a table that a data cells filter leaves. */
  private grantPart(grantee: iam.IGrantable, table: DeclaredTable, options: LakeReadOptions): CfnResource {
    const problems = new Problems(this);
    checkPart(table, options, problems);
    problems.throwIfAny();
    const scope = this.grants.scopeIn(Stack.of(table.resource));
    const filter = dataCellsFilter(scope, this.props.databaseName, table, options, (added) => this.grants.order(added));
    const resource = filterResource(this.props.databaseName, table.name, filter.name);
    return this.grant({ kind: 'Part', grantee, permissions: [LakePermission.SELECT], resource, table: table.resource, after: [filter] });
  }

  private grantTagged(grantee: iam.IGrantable, options: LakeReadOptions, tags: LakeTagValues[]): CfnResource[] {
    const problems = new Problems(this);
    checkTags(tags, options, problems);
    problems.throwIfAny();
    tags.forEach(({ tag }) => this.governTag(tag));
    const after = tags.flatMap(({ tag: { resource } }) => resource ?? []);
    const { DESCRIBE, SELECT } = LakePermission;
    return [
      this.grant({ kind: 'TaggedDatabases', grantee, permissions: [DESCRIBE], resource: taggedResource('DATABASE', tags), after }),
      this.grant({ kind: 'TaggedTables', grantee, permissions: [SELECT, DESCRIBE], resource: taggedResource('TABLE', tags), after }),
    ];
  }

  /** A tag is made by the deploying role as an administrator. */
  private governTag({ resource }: ILakeTag): void {
    if (resource && this.dataLakeSettings) {
      resource.node.addDependency(this.dataLakeSettings);
    }
  }

  private tableOf(options: LakeReadOptions): DeclaredTable | undefined {
    const problems = new Problems(this);
    for (const property of ['columns', 'excludedColumns', 'rowFilter'] as const) {
      problems.check(options.table !== undefined || options[property] === undefined, property, options[property], 'name the table that it is of: table');
    }
    problems.throwIfAny();
    return options.table === undefined ? undefined : this.declared(options.table);
  }

  private declared(name: string): DeclaredTable {
    const problems = new Problems(this);
    const known = [...this.tables.keys()].join(', ');
    problems.check(this.tables.has(name), 'table', name, `the app declares ${known === '' ? 'no tables on this lake' : known}; declare the table before it is named `
      + '(Cataloguing.explicit()), or grant on all tables or by tags: a table that a crawler or a transform makes does not exist at deployment');
    problems.throwIfAny();
    return this.tables.get(name)!;
  }

  /** Who holds ALL with the grant option may revoke ALL. */
  private closeDatabase(): void {
    const { databaseName: database } = this.props;
    const closing = LakeFormationFunction.closing(this, 'Closing', this.props);
    const all = { grantee: closing.role, permissions: [LakePermission.ALL], grantable: true };
    const held = [
      this.grant({ ...all, kind: 'Database', resource: databaseResource(database) }),
      this.grant({ ...all, kind: 'Tables', resource: tableResource(database) }),
    ];
    const closed = closing.request(this, 'Closed', { action: 'close', catalogId: Aws.ACCOUNT_ID, database });
    closed.node.addDependency(...held);
    this.grants.order(closed.node.defaultChild as CfnResource);
  }

  private register(bucket: s3.IBucket): RegisteredLocations {
    const registered = new RegisteredLocations(this, 'Locations', { bucket, hybridAccess: this.hybridAccess });
    for (const location of this.dataLakeSettings ? registered.locations : []) {
      location.node.addDependency(this.dataLakeSettings!);
    }
    return registered;
  }

  private grant(grant: LakeGrant): CfnResource {
    const problems = new Problems(this);
    this.rights.note(principalKey(this, grant.grantee.grantPrincipal, principalIdentifier(this, grant.grantee)), grant, problems);
    problems.throwIfAny();
    const made = this.grants.add(grant);
    this.hybrid?.optIn(grant.grantee);
    return made;
  }
}
