import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AnalyticsWorkgroup } from './analytics-workgroup';
import { keyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

/** Running queries and reading their results. */
const QUERY_ACTIONS = [
  'athena:GetWorkGroup', 'athena:StartQueryExecution', 'athena:StopQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults',
];

/** What the console asks besides, to show queries and their history. */
const BROWSE_ACTIONS = [
  'athena:BatchGetQueryExecution', 'athena:ListQueryExecutions', 'athena:GetQueryResultsStream',
  'athena:GetNamedQuery', 'athena:BatchGetNamedQuery', 'athena:ListNamedQueries',
];

/** Running queries in a workgroup and reading their results, by hand. */
export function workgroupStatements(workgroup: AnalyticsWorkgroup): iam.PolicyStatement[] {
  return [
    ...queryStatements(workgroup, [...QUERY_ACTIONS, ...BROWSE_ACTIONS]),
    // The list calls behind the console know no resources.
    new iam.PolicyStatement({ actions: ['athena:ListWorkGroups', 'athena:ListDataCatalogs'], resources: ['*'] }),
  ];
}

/** Running queries in a workgroup and reading their results; Athena reads and writes results as the caller. */
export function queryStatements(workgroup: AnalyticsWorkgroup, actions: string[] = QUERY_ACTIONS): iam.PolicyStatement[] {
  const { resultsBucket, resultsPrefix } = workgroup;
  const arn = (resource: string, resourceName: string) => Stack.of(workgroup).formatArn({ service: 'athena', resource, resourceName });
  const results = `${resultsPrefix}*`;
  return [
    new iam.PolicyStatement({ actions, resources: [arn('workgroup', workgroup.workgroupName)] }),
    new iam.PolicyStatement({ actions: ['athena:GetDataCatalog'], resources: [arn('datacatalog', 'AwsDataCatalog')] }),
    objectStatement(resultsBucket, ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [results]),
    listStatement(resultsBucket, [results]),
    new iam.PolicyStatement({ actions: ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], resources: [resultsBucket.bucketArn] }),
    ...keyStatements(workgroup.encryptionKey, KMS_WRITE),
  ];
}
