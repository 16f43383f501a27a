import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LakeFormationGrants, LakeReadOptions } from '../../../src';
import { declareUsers } from '../../support/declared-table';
import { newStack, only } from '../../support/synth';

const PERMISSIONS = 'AWS::LakeFormation::PrincipalPermissions';
const FILTER = 'AWS::LakeFormation::DataCellsFilter';

function governed(stack: Stack = newStack()) {
  const grants = new LakeFormationGrants(stack, 'Grants', { bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'), databaseName: 'the_db' });
  const table = declareUsers(stack);
  grants.governTable(table);
  return { stack, grants, table, user: new iam.User(stack, 'User') };
}

function templateWith(options: LakeReadOptions): Template {
  const { stack, grants, user } = governed();
  grants.grantRead(user, options);
  return Template.fromStack(stack);
}

const granted = (template: Template) => Object.values(template.findResources(PERMISSIONS))
  .map(({ Properties }) => [Properties.Permissions, Properties.Resource]);
const CATALOG = { Ref: 'AWS::AccountId' };
const DATABASE = [['DESCRIBE'], { Database: { CatalogId: CATALOG, Name: 'the_db' } }];

test('a declared table is granted by its name, after it is there', () => {
  const template = templateWith({ table: 'users' });
  expect(granted(template)).toEqual([DATABASE, [['DESCRIBE', 'SELECT'], { Table: { CatalogId: CATALOG, DatabaseName: 'the_db', Name: 'users' } }]]);
  const [, grant] = Object.values(template.findResources(PERMISSIONS));
  expect(grant.DependsOn).toContain('Users');
  expect(only(template, 'AWS::Glue::Table').resource.DependsOn).toEqual([only(template, 'AWS::LakeFormation::DataLakeSettings').id]);
});

test.each<[string, LakeReadOptions, object]>([
  ['columns', { columns: ['Id', 'country'] }, { ColumnNames: ['country', 'id'], RowFilter: { AllRowsWildcard: {} }, ColumnWildcard: Match.absent() }],
  ['all but some columns', { excludedColumns: ['email'] }, { ColumnWildcard: { ExcludedColumnNames: ['email'] }, RowFilter: { AllRowsWildcard: {} }, ColumnNames: Match.absent() }],
  ['rows', { rowFilter: 'country = \'NO\'' }, { RowFilter: { FilterExpression: 'country = \'NO\'' }, ColumnWildcard: {} }],
  ['cells', { columns: ['id'], rowFilter: 'active = true' }, { ColumnNames: ['id'], RowFilter: { FilterExpression: 'active = true' } }],
])('%s are granted by a data cells filter', (_, options, expected) => {
  const template = templateWith({ table: 'users', ...options });
  const { id, properties, resource } = only(template, FILTER);
  template.hasResourceProperties(FILTER, { TableCatalogId: CATALOG, DatabaseName: 'the_db', TableName: 'users', ...expected });
  expect(granted(template)).toEqual([
    DATABASE,
    [['SELECT'], { DataCellsFilter: { TableCatalogId: CATALOG, DatabaseName: 'the_db', TableName: 'users', Name: properties.Name } }],
  ]);
  const [, grant] = Object.values(template.findResources(PERMISSIONS));
  expect(grant.DependsOn).toContain(id);
  expect(resource.DependsOn).toContain('Users');
});

test('who sees the same part shares a filter; another part has another one', () => {
  const { stack, grants, user } = governed();
  grants.grantRead(user, { table: 'users', columns: ['id', 'country'] });
  grants.grantRead(new iam.User(stack, 'Second'), { table: 'users', columns: ['country', 'id'] });
  grants.grantRead(new iam.User(stack, 'Third'), { table: 'users', columns: ['id'] });
  const template = Template.fromStack(stack);
  template.resourceCountIs(FILTER, 2);
  template.resourceCountIs(PERMISSIONS, 6);
});

test('nothing changes permissions while something else does', () => {
  const { stack, grants, user } = governed();
  grants.grantRead(user, { table: 'users', columns: ['id'] });
  grants.grantRead(new iam.User(stack, 'Second'), { table: 'users', rowFilter: 'id = 1' });
  const resources = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string; DependsOn?: string[] }>;
  const changes = Object.keys(resources).filter((id) => [PERMISSIONS, FILTER].includes(resources[id].Type));
  const before = (id: string): string[] => (resources[id].DependsOn ?? [])
    .filter((other) => changes.includes(other)).flatMap((other) => [other, ...before(other)]);
  expect(changes).toHaveLength(6);
  expect(changes.map((id) => new Set(before(id)).size).sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each<[string, LakeReadOptions, RegExp]>([
  ['a table that is not declared', { table: 'orders' }, /table: got "orders"; the app declares users; declare the table before .*Cataloguing\.explicit\(\).*grant on all tables or by tags/],
  ['columns of no table', { columns: ['id'] }, /columns: got \["id"\]; name the table that it is of/],
  ['a row filter of no table', { rowFilter: 'id = 1' }, /rowFilter: got "id = 1"; name the table/],
  ['an undeclared column', { table: 'users', columns: ['id', 'phone'] }, /columns: got "phone"; users declares id, email, country, active, born, address, tags, ingestion_date/],
  ['an undeclared column left out', { table: 'users', excludedColumns: ['phone'] }, /excludedColumns: got "phone"/],
  ['no column', { table: 'users', columns: [] }, /columns: got \[\]; name at least one column/],
  ['columns in and out', { table: 'users', columns: ['id'], excludedColumns: ['email'] }, /excludedColumns: got \["email"\]; name either columns or excludedColumns/],
  ['a partition key', { table: 'users', excludedColumns: ['ingestion_date'] }, /excludedColumns: got "ingestion_date"; it is a partition key of users/],
  ['a field within a column', { table: 'users', columns: ['address.city'] }, /columns: got "address\.city"; name a whole column of users/],
  ['a row filter that does not parse', { table: 'users', rowFilter: 'country == \'NO\'' }, /rowFilter: got "country == 'NO'"; expected a constant.* at position 9/],
  ['a row filter on no column', { table: 'users', rowFilter: 'phone = \'1\'' }, /rowFilter: .*there is no column phone; users declares id/],
  ['a row filter on an array', { table: 'users', rowFilter: 'tags = \'a\'' }, /rowFilter: .*tags is of type array<string>: row filters compare texts, numbers and booleans/],
  ['a row filter on a date', { table: 'users', rowFilter: 'born > \'2000-01-01\'' }, /born is of type date/],
  ['a row filter on a whole struct', { table: 'users', rowFilter: 'address IS NULL' }, /address is of type struct/],
  ['a row filter on no field', { table: 'users', rowFilter: 'address.street = \'a\'' }, /address\.street is no field of address \(struct<city:string,zip:int>\)/],
  ['another kind of constant', { table: 'users', rowFilter: 'id = \'1\'' }, /id is a number: compare it with a number/],
  ['LIKE on a number', { table: 'users', rowFilter: 'address.zip LIKE 1' }, /address\.zip is a number: LIKE compares texts/],
  ['IS NULL on a partition key', { table: 'users', rowFilter: 'ingestion_date IS NOT NULL' }, /ingestion_date is a partition key: IS NULL is not for it/],
  ['cells within a column', { table: 'users', columns: ['id'], rowFilter: 'address.city = \'Oslo\'' }, /address\.city stands within a column: a filter of rows and columns cannot look into it/],
  ['a row filter too long', { table: 'users', rowFilter: `country = '${'x'.repeat(2048)}'` }, /rowFilter: got "2060 characters"; use less than 2048/],
])('%s fails, and the error says where, what and how to put it right', (_, options, message) => {
  const { grants, user } = governed();
  expect(() => grants.grantRead(user, { table: 'users', columns: ['id'], rowFilter: 'id = 1' })).not.toThrow();
  expect(() => grants.grantRead(user, options)).toThrow(message);
});

test('a row filter looks into structs where all columns are seen', () => {
  const { grants, user } = governed();
  expect(() => grants.grantRead(user, { table: 'users', rowFilter: 'address.city = \'Oslo\' AND ingestion_date > \'2026\'' })).not.toThrow();
});

describe('who sees a part of a table', () => {
  const PART = { table: 'users', columns: ['id'] };

  test('sees several parts', () => {
    const { grants, user } = governed();
    grants.grantRead(user, PART);
    expect(() => grants.grantRead(user, { table: 'users', rowFilter: 'id = 1' })).not.toThrow();
  });

  test.each<[string, (grants: LakeFormationGrants, user: iam.User) => void, string]>([
    ['changes it', (grants, user) => grants.grantWrite(user, { table: 'users' }), 'changes of it"; who sees a part of a table cannot hold INSERT, ALTER, DELETE or DROP on it'],
    ['changes all tables', (grants, user) => grants.grantWrite(user), 'changes of it"'],
    ['administers', (grants, user) => grants.grantAdminister(user), 'changes of it"'],
    ['reads all of it', (grants, user) => grants.grantRead(user, { table: 'users' }), 'all of it"; nothing would be hidden'],
    ['reads all tables', (grants, user) => grants.grantRead(user), 'all of it"'],
  ])('never also %s, in either order', (__, other, message) => {
    const one = governed();
    one.grants.grantRead(one.user, PART);
    expect(() => other(one.grants, one.user)).toThrow(`grantee: got "a part of users, and ${message}`);
    expect(() => other(one.grants, new iam.User(one.stack, 'Another'))).not.toThrow();
    const two = governed();
    other(two.grants, two.user);
    expect(() => two.grants.grantRead(two.user, PART)).toThrow(`grantee: got "a part of users, and ${message}`);
  });
});

test('a table whose columns are known at deployment only is taken as it is', () => {
  const { stack, grants, user } = governed();
  const table = new glue.CfnTable(stack, 'Late', { catalogId: CATALOG.Ref, databaseName: 'the_db', tableInput: { name: 'late' } });
  grants.governTable(table);
  expect(() => grants.grantRead(user, { table: 'late', columns: ['anything'], rowFilter: 'anything = 1' })).not.toThrow();
  expect(() => grants.grantRead(user, { table: 'late', rowFilter: 'anything' })).toThrow(/rowFilter/);
});
