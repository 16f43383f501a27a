import * as iam from 'aws-cdk-lib/aws-iam';
import { catalogArns } from '../catalog/catalog-arns';
import { IDataLake } from '../data-lake';
import { CURATED_PREFIX, RAW_PREFIX } from '../spec/object-keys';
import { bucketKeyStatements, KMS_READ, listStatement, objectStatement } from '../storage/lake-access';

const CATALOG_READ = [
  'glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables',
  'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition',
];

/** What IAM must allow for reading the lake's tables: definitions, and data directly or through Lake Formation. */
export function tableReadStatements(lake: IDataLake): iam.PolicyStatement[] {
  const data = [`${RAW_PREFIX}*`, `${CURATED_PREFIX}*`];
  return [
    new iam.PolicyStatement({ actions: CATALOG_READ, resources: catalogArns(lake, lake.databaseName) }),
    ...(lake.lakeFormation
      // The service knows no resources.
      ? [new iam.PolicyStatement({ actions: ['lakeformation:GetDataAccess'], resources: ['*'] })]
      : [
        objectStatement(lake.bucket, ['s3:GetObject'], data),
        listStatement(lake.bucket, data),
        new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [lake.bucket.bucketArn] }),
        ...bucketKeyStatements(lake.bucket, KMS_READ),
      ]),
  ];
}
