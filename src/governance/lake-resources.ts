import { Aws } from 'aws-cdk-lib';
import { CfnPrincipalPermissions } from 'aws-cdk-lib/aws-lakeformation';
import { LakeTagValues } from './lake-tag';

type Resource = CfnPrincipalPermissions.ResourceProperty;

const catalogId = Aws.ACCOUNT_ID;

/** Things that Lake Formation grants permissions on, in its own words. */
export const databaseResource = (name: string): Resource => ({ database: { catalogId, name } });

/** One table, or all of the database, those to come included. */
export const tableResource = (databaseName: string, name?: string): Resource =>
  ({ table: { catalogId, databaseName, ...(name === undefined ? { tableWildcard: {} } : { name }) } });

export const locationResource = (resourceArn: string): Resource => ({ dataLocation: { catalogId, resourceArn } });

export const filterResource = (databaseName: string, tableName: string, name: string): Resource =>
  ({ dataCellsFilter: { tableCatalogId: catalogId, databaseName, tableName, name } });

/** All databases, or all tables, that bear one of the values of each tag. */
export const taggedResource = (resourceType: 'DATABASE' | 'TABLE', tags: readonly LakeTagValues[]): Resource =>
  ({ lfTagPolicy: { catalogId, resourceType, expression: tags.map(({ tag, values }) => ({ tagKey: tag.key, tagValues: values })) } });
