import { Aws } from 'aws-cdk-lib';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import { LakeReadOptions, LakeTagTarget } from './access-options';
import { ILakeTag, LakeTagValues } from './lake-tag';
import { isPartial } from './partial-access';
import { digestOf } from './principal-identifier';
import { Problems } from '../core/problems';

/** Most tags that one grant can name. */
const MAX_TAGS = 5;

/** What a grant by tags may hold. */
export function checkTags(tags: readonly LakeTagValues[], beside: LakeReadOptions, problems: Problems): void {
  problems.check(!isPartial({ ...beside, tags: undefined }), 'tags', 'tags beside a table, columns or a rowFilter', 'grant them apart');
  problems.check(tags.length > 0 && tags.length <= MAX_TAGS, 'tags', `${tags.length} tags`, `name 1 to ${MAX_TAGS}`);
  problems.check(new Set(tags.map(({ tag }) => tag.key)).size === tags.length, 'tags', 'a tag twice', 'name all its values at once');
}

/** Gives a value of a tag to a lake's database, a table or some columns. What is below inherits it. */
export function associate(
  scope: Construct,
  databaseName: string,
  tag: ILakeTag,
  value: string,
  { table, columns }: LakeTagTarget,
): lakeformation.CfnTagAssociation {
  const catalogId = Aws.ACCOUNT_ID;
  const id = `Tag-${digestOf(scope, tag.key, table, columns)}`;
  const problems = new Problems(scope);
  problems.check(!scope.node.tryFindChild(id), 'tag', `${tag.key} again on ${table ?? databaseName}`, 'a resource bears one value of a tag: leave one of the two out');
  problems.throwIfAny();
  const association = new lakeformation.CfnTagAssociation(scope, id, {
    lfTags: [{ catalogId, tagKey: tag.key, tagValues: tag.anyOf(value).values }],
    resource: table === undefined ? { database: { catalogId, name: databaseName } }
      : columns === undefined ? { table: { catalogId, databaseName, name: table } }
        : { tableWithColumns: { catalogId, databaseName, name: table, columnNames: columns.map((column) => column.toLowerCase()) } },
  });
  if (tag.resource) {
    association.node.addDependency(tag.resource);
  }
  return association;
}
