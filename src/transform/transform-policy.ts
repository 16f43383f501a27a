import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { catalogArns } from '../catalog/catalog-arns';
import { IDataLake } from '../data-lake';
import { CURATED_PREFIX } from '../spec/object-keys';
import { listStatement, objectStatement } from '../storage/lake-access';

/**
 * What making and filling Iceberg tables needs besides reading the lake. Athena writes their files and metadata as the
 * caller: Lake Formation hands out no credentials for that.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html
 */
export function transformStatements(scope: IConstruct, { bucket, databaseName }: IDataLake): iam.PolicyStatement[] {
  const curated = [`${CURATED_PREFIX}*`];
  return [
    new iam.PolicyStatement({ actions: ['glue:CreateTable', 'glue:UpdateTable'], resources: catalogArns(scope, databaseName) }),
    objectStatement(bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], curated),
    listStatement(bucket, curated),
    new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [bucket.bucketArn] }),
  ];
}
