import { Aws } from 'aws-cdk-lib';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import { LakeTagTarget } from './access-options';
import { ILakeTag } from './lake-tag';
import { digestOf } from './principal-identifier';
import { Problems } from '../core/problems';

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
        : { tableWithColumns: { catalogId, databaseName, name: table, columnNames: columns } },
  });
  if (tag.resource) {
    association.node.addDependency(tag.resource);
  }
  return association;
}
