import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LakeFormationGrants, LakeReadOptions, LakeTag } from '../../../src';
import { declareUsers } from '../../support/declared-table';
import { newStack, only } from '../../support/synth';

const PERMISSIONS = 'AWS::LakeFormation::PrincipalPermissions';
const ASSOCIATION = 'AWS::LakeFormation::TagAssociation';
const CATALOG = { Ref: 'AWS::AccountId' };

function tagged(stack: Stack = newStack()) {
  const grants = new LakeFormationGrants(stack, 'Grants', { bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'), databaseName: 'the_db' });
  grants.governTable(declareUsers(stack));
  const tag = new LakeTag(stack, 'Sensitivity', { key: 'sensitivity', values: ['public', 'internal', 'personal'] });
  return { stack, grants, tag, user: new iam.User(stack, 'User') };
}

test('a tag is made by an administrator, once', () => {
  const { stack, grants, tag } = tagged();
  grants.tag(tag, 'public');
  const template = Template.fromStack(stack);
  const { properties, resource } = only(template, 'AWS::LakeFormation::Tag');
  expect(properties).toEqual({ CatalogId: CATALOG, TagKey: 'sensitivity', TagValues: ['public', 'internal', 'personal'] });
  expect(resource.DependsOn).toEqual([only(template, 'AWS::LakeFormation::DataLakeSettings').id]);
});

test('database, table and columns bear values of it, given one after another once the tag and the table are there', () => {
  const { stack, grants, tag } = tagged();
  grants.tag(tag, 'public');
  grants.tag(tag, 'internal', { table: 'users' });
  grants.tag(tag, 'personal', { table: 'users', columns: ['Email', 'born'] });
  const template = Template.fromStack(stack);
  const made = Object.entries(template.findResources(ASSOCIATION));
  expect(made.map(([, { Properties }]) => [Properties.LFTags, Properties.Resource])).toEqual([
    [[{ CatalogId: CATALOG, TagKey: 'sensitivity', TagValues: ['public'] }], { Database: { CatalogId: CATALOG, Name: 'the_db' } }],
    [[{ CatalogId: CATALOG, TagKey: 'sensitivity', TagValues: ['internal'] }], { Table: { CatalogId: CATALOG, DatabaseName: 'the_db', Name: 'users' } }],
    [[{ CatalogId: CATALOG, TagKey: 'sensitivity', TagValues: ['personal'] }],
      { TableWithColumns: { CatalogId: CATALOG, DatabaseName: 'the_db', Name: 'users', ColumnNames: ['email', 'born'] } }],
  ]);
  const ids = made.map(([id]) => id);
  expect(made.map(([, { DependsOn }]) => (DependsOn as string[]).filter((id) => ids.includes(id)))).toEqual([[], [ids[0]], [ids[1]]]);
  expect(made.map(([, { DependsOn }]) => (DependsOn as string[]).includes(only(template, 'AWS::LakeFormation::Tag').id))).toEqual([true, true, true]);
  expect(made.map(([, { DependsOn }]) => (DependsOn as string[]).includes('Users'))).toEqual([false, true, true]);
});

test('a grant by tags reaches databases and tables that bear one of the values of each', () => {
  const { stack, grants, tag, user } = tagged();
  const domain = LakeTag.fromLakeTagAttributes(stack, 'Domain', { key: 'domain', values: ['sales', 'people'] });
  grants.grantRead(user, { tags: [tag.anyOf('public', 'internal'), domain.anyOf('sales')] });
  const template = Template.fromStack(stack);
  const Expression = [{ TagKey: 'sensitivity', TagValues: ['internal', 'public'] }, { TagKey: 'domain', TagValues: ['sales'] }];
  expect(Object.values(template.findResources(PERMISSIONS)).map(({ Properties }) => [Properties.Permissions, Properties.Resource])).toEqual([
    [['DESCRIBE'], { LFTagPolicy: { CatalogId: CATALOG, ResourceType: 'DATABASE', Expression } }],
    [['DESCRIBE', 'SELECT'], { LFTagPolicy: { CatalogId: CATALOG, ResourceType: 'TABLE', Expression } }],
  ]);
  template.resourceCountIs('AWS::LakeFormation::Tag', 1); // the imported one is not made
});

const many = (stack: Stack) => Array.from({ length: 6 }, (_, i) => new LakeTag(stack, `Tag${i}`, { key: `tag${i}`, values: ['a'] }).anyOf('a'));

test.each<[string, (tag: LakeTag, stack: Stack) => LakeReadOptions, RegExp]>([
  ['a value that the tag does not have', (tag) => ({ tags: [tag.anyOf('secret')] }), /Test\/Sensitivity: .*\n {2}- values: got "secret"; the tag sensitivity has public, internal, personal/],
  ['no value', (tag) => ({ tags: [tag.anyOf()] }), /values: got \[\]; name at least one/],
  ['no tag', () => ({ tags: [] }), /tags: got "0 tags"; name 1 to 5/],
  ['six tags', (_, stack) => ({ tags: many(stack) }), /tags: got "6 tags"/],
  ['a tag twice', (tag) => ({ tags: [tag.anyOf('public'), tag.anyOf('internal')] }), /tags: got "a tag twice"; name all its values at once/],
  ['tags beside a table', (tag) => ({ tags: [tag.anyOf('public')], table: 'users' }), /tags: got "tags beside a table, columns or a rowFilter"; grant them apart/],
])('%s fails in a grant', (_, options, message) => {
  const { stack, grants, tag, user } = tagged();
  expect(() => grants.grantRead(user, { tags: [tag.anyOf('public')] })).not.toThrow();
  expect(() => grants.grantRead(user, options(tag, stack))).toThrow(message);
});

test('what cannot bear a tag fails', () => {
  const { grants, tag } = tagged();
  grants.tag(tag, 'public');
  expect(() => grants.tag(tag, 'internal')).toThrow(/tag: got "sensitivity again on the_db"; a resource bears one value of a tag/);
  expect(() => grants.tag(tag, 'secret', { table: 'users' })).toThrow(/values: got "secret"/);
  expect(() => grants.tag(tag, 'public', { table: 'orders' })).toThrow(/table: got "orders"; the app declares users/);
  expect(() => grants.tag(tag, 'public', { columns: ['id'] })).toThrow(/columns: got \["id"\]; name their table/);
  expect(() => grants.tag(tag, 'public', { table: 'users', columns: ['phone'] })).toThrow(/columns: got "phone"; users declares/);
});

test.each<[string, string, string[], RegExp]>([
  ['a key in capitals', 'Sensitivity', ['a'], /key: got "Sensitivity"; use 1 to 128 lower-case/],
  ['an empty key', '', ['a'], /key: got ""/],
  ['no values', 'key', [], /values: got "0 values"; name 1 to 50/],
  ['51 values', 'key', Array.from({ length: 51 }, (_, i) => `v${i}`), /values: got "51 values"/],
  ['a value in capitals', 'key', ['Public'], /values: got "Public"/],
  ['a value twice', 'key', ['a', 'a'], /values: got \["a","a"\]; name each value once/],
])('%s is no tag', (_, key, values, message) => {
  expect(() => new LakeTag(newStack(), 'Good', { key: 'key', values: ['a'] })).not.toThrow();
  expect(() => new LakeTag(newStack(), 'Tag', { key, values })).toThrow(message);
});
