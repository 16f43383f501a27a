import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { catalogArns } from '../catalog/catalog-arns';
import { IDataLake } from '../data-lake';
import { CURATED_PREFIX, RAW_PREFIX } from '../spec/object-keys';
import { bucketKeyStatements, KMS_READ, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

const CATALOG_READ = [
  'glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables',
  'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition',
];

const CATALOG_ADMINISTER = [
  'glue:UpdateDatabase', 'glue:CreateTable', 'glue:UpdateTable', 'glue:DeleteTable', 'glue:BatchDeleteTable',
  'glue:CreatePartition', 'glue:BatchCreatePartition', 'glue:UpdatePartition', 'glue:BatchUpdatePartition',
  'glue:DeletePartition', 'glue:BatchDeletePartition',
];

/** What a steward of the data does in Lake Formation. The service knows no resources: what a grant reaches is Lake Formation's to decide. */
const GRANTS_ADMINISTER = [
  'lakeformation:GetDataAccess', 'lakeformation:ListPermissions',
  'lakeformation:GrantPermissions', 'lakeformation:RevokePermissions', 'lakeformation:BatchGrantPermissions', 'lakeformation:BatchRevokePermissions',
  'lakeformation:CreateDataCellsFilter', 'lakeformation:UpdateDataCellsFilter', 'lakeformation:DeleteDataCellsFilter',
  'lakeformation:GetDataCellsFilter', 'lakeformation:ListDataCellsFilter',
];

/** What IAM must allow for reading the lake's tables, or one: definitions, and data directly or through Lake Formation. */
export function tableReadStatements(lake: IDataLake, table?: string): iam.PolicyStatement[] {
  const data = prefixes(table, RAW_PREFIX, CURATED_PREFIX);
  return [
    new iam.PolicyStatement({ actions: CATALOG_READ, resources: tableArns(lake, table) }),
    ...(lake.lakeFormation?.describesDefaultDatabase
      ? [new iam.PolicyStatement({ actions: ['glue:GetDatabase'], resources: catalogArns(lake, 'default').slice(0, 2) })] : []),
    ...(lake.lakeFormation
      ? [lakeFormationStatement(['lakeformation:GetDataAccess'])]
      : [
        objectStatement(lake.bucket, ['s3:GetObject'], data),
        listStatement(lake.bucket, data),
        new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [lake.bucket.bucketArn] }),
        ...bucketKeyStatements(lake.bucket, KMS_READ),
      ]),
  ];
}

/**
 * What IAM must allow besides for changing rows of curated tables: Athena writes Iceberg tables as the caller, also where
 * Lake Formation governs them.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html
 */
export function tableWriteStatements(lake: IDataLake, table?: string): iam.PolicyStatement[] {
  const data = prefixes(table, CURATED_PREFIX);
  return [
    new iam.PolicyStatement({ actions: ['glue:UpdateTable'], resources: tableArns(lake, table) }),
    objectStatement(lake.bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], data),
    listStatement(lake.bucket, data),
    new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [lake.bucket.bucketArn] }),
    ...bucketKeyStatements(lake.bucket, KMS_WRITE),
  ];
}

/** What IAM must allow besides for making and dropping tables, and for passing access on. */
export function tableAdministerStatements(lake: IDataLake): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: CATALOG_ADMINISTER, resources: tableArns(lake) }),
    ...lake.lakeFormation ? [lakeFormationStatement(GRANTS_ADMINISTER)] : [],
  ];
}

const lakeFormationStatement = (actions: string[]) => new iam.PolicyStatement({ actions, resources: ['*'] });

const prefixes = (table: string | undefined, ...roots: string[]): string[] => roots.map((root) => (table === undefined ? `${root}*` : `${root}${table}/*`));

function tableArns(lake: IDataLake, table?: string): string[] {
  const [catalog, database, tables] = catalogArns(lake, lake.databaseName);
  const one = table && Stack.of(lake).formatArn({ service: 'glue', resource: 'table', resourceName: `${lake.databaseName}/${table}` });
  return [catalog, database, one ?? tables];
}
