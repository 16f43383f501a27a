import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Audit, DataLake, DataLakePipeline } from '../../../src';
import { newStack, statementsOf, templateOf, usersSource } from '../../support/synth';

const lake = (stack: Stack, audit?: Audit) => new DataLake(stack, 'Lake', { databaseName: 'the_db', audit });
const tablesOf = (template: Template) => Object.fromEntries(Object.values(template.findResources('AWS::Glue::Table'))
  .map(({ Properties: { DatabaseName, TableInput } }) => [TableInput.Name, { DatabaseName, ...TableInput }]));
/** An address with references by their names: the generated parts of ids are left out. */
const flat = (value: any): string => (typeof value === 'string' ? value
  : value['Fn::Join'] ? value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]) : `<${value.Ref.replace(/[0-9A-F]{8}$/, '')}>`);

test('access logs stand in one folder a bucket and a day of the requests', () => {
  const buckets = Object.entries(templateOf((stack) => new DataLakePipeline(stack, 'Users', { sources: [usersSource()], audit: Audit.cloudTrail() })).findResources('AWS::S3::Bucket'));
  const logged = buckets.filter(([id]) => !id.includes('AccessLogs'));
  expect(logged.map(([, { Properties }]) => Properties.LoggingConfiguration.LogFilePrefix).sort()).toEqual(['audit/', 'raw/', 'results/']);
  for (const [, { Properties: { LoggingConfiguration } }] of logged) {
    expect(LoggingConfiguration.TargetObjectKeyFormat).toEqual({ PartitionedPrefix: { PartitionDateSource: 'EventTime' } });
  }
});

test('a table over the lake\'s access logs finds each day where S3 puts it', () => {
  const template = templateOf((stack) => lake(stack, Audit.accessLogs()));
  const { access_logs: logs, ...others } = tablesOf(template);
  expect(others).toEqual({});
  expect(logs.DatabaseName).toBe('the_db_audit');
  // [DestinationPrefix][SourceAccountId]/[SourceRegion]/[SourceBucket]/[YYYY]/[MM]/[DD]/ (Amazon S3 API reference, PartitionedPrefix)
  const folder = 's3://<LakeStorageAccessLogsBucket>/raw/<AWS::AccountId>/<AWS::Region>/<LakeStorageBucket>/';
  expect(flat(logs.StorageDescriptor.Location)).toBe(folder);
  expect(flat(logs.Parameters['storage.location.template'])).toBe(`${folder}\${day}/`);
  expect(logs.Parameters).toMatchObject({ 'projection.day.format': 'yyyy/MM/dd', 'projection.day.range': 'NOW-365DAYS,NOW' });
  template.resourceCountIs('AWS::CloudTrail::Trail', 0);
});

test('CloudTrail\'s events have a table besides', () => {
  const { access_logs: logs, object_events: events } = tablesOf(templateOf((stack) => lake(stack, Audit.cloudTrail())));
  expect(logs).toBeDefined();
  expect(flat(events.StorageDescriptor.Location)).toBe('s3://<LakeAuditBucket>/AWSLogs/<AWS::AccountId>/CloudTrail/<AWS::Region>/');
  expect(events.StorageDescriptor).toMatchObject({ InputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' });
});

describe('a line of an access log is taken apart', () => {
  const { access_logs: { StorageDescriptor: { Columns, SerdeInfo } } } = tablesOf(templateOf((stack) => lake(stack, Audit.accessLogs())));
  const columnsOf = (line: string) => {
    const [, ...values] = new RegExp(`^${SerdeInfo.Parameters['input.regex']}`).exec(line)!;
    expect(values).toHaveLength(Columns.length);
    return Object.fromEntries(Columns.map(({ Name }: { Name: string }, i: number) => [Name, values[i]]));
  };
  // The example of the Amazon S3 user guide, "Amazon S3 server access log format".
  const LINE = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 '
    + 'arn:aws:sts::123456789012:assumed-role/Analyst/me 3E57427F3EXAMPLE REST.GET.OBJECT raw/users/ingestion_date%253D2019-02-06/x.jsonl.gz '
    + '"GET /raw/users/x.jsonl.gz HTTP/1.1" 200 - 113 2048 7 3 "-" "S3Console/0.4, aws-internal/3" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= '
    + 'SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.2';

  test('who, what, when, with which answer', () => {
    expect(columnsOf(`${LINE} - Yes`)).toMatchObject({
      requestdatetime: '06/Feb/2019:00:00:38 +0000',
      remoteip: '192.0.2.3',
      requester: 'arn:aws:sts::123456789012:assumed-role/Analyst/me',
      operation: 'REST.GET.OBJECT',
      key: 'raw/users/ingestion_date%253D2019-02-06/x.jsonl.gz',
      request_uri: '"GET /raw/users/x.jsonl.gz HTTP/1.1"',
      httpstatus: '200',
      bytessent: '113',
      objectsize: '2048',
      useragent: '"S3Console/0.4, aws-internal/3"',
      tlsversion: 'TLSV1.2',
      aclrequired: 'Yes',
    });
  });

  test('with fields that S3 adds one day', () => {
    expect(columnsOf(`${LINE} - - something-new "of two words"`)).toMatchObject({ requester: expect.stringContaining('Analyst'), aclrequired: '-' });
  });
});

test('who is granted reads those logs, those tables and nothing of the lake', () => {
  const template = templateOf((stack) => {
    const pipeline = new DataLakePipeline(stack, 'Users', { databaseName: 'the_db', sources: [usersSource()], audit: Audit.cloudTrail() });
    pipeline.lake.auditTables!.grantRead(new iam.Role(stack, 'Auditor', { assumedBy: new iam.AccountRootPrincipal() })).assertSuccess();
  });
  const statements = statementsOf(template, 'Auditor');
  const text = JSON.stringify(statements);
  expect([...new Set(statements.flatMap(({ actions }) => actions))].sort())
    .toEqual(['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 's3:GetBucketLocation', 's3:GetObject', 's3:ListBucket']);
  expect(text).toContain('table/the_db_audit/*');
  expect(text).not.toMatch(/the_db\/|LakeStorageBucket[0-9A-F]{8}","Arn/);
});

test('a lake in someone else\'s bucket has no access logs of its own', () => {
  const build = (audit: Audit) => new DataLake(newStack(), 'Lake', { audit, bucket: s3.Bucket.fromBucketName(newStack(), 'Bucket', 'the-bucket') });
  expect(() => build(Audit.accessLogs())).toThrow(/Test\/Lake: .*\n {2}- audit: got "Audit.accessLogs\(\), and a bucket that was not made here"; .*use Audit.cloudTrail\(\)/);
  expect(() => build(Audit.cloudTrail())).not.toThrow();
});

test('no table is made unless asked for, and none of the lake\'s is renamed by one', () => {
  const names = (audit?: Audit) => Object.values(templateOf((stack) => lake(stack, audit)).findResources('AWS::Glue::Database')).map(({ Properties }) => Properties.DatabaseInput.Name);
  expect(names()).toEqual(['the_db']);
  expect(names(Audit.accessLogs()).sort()).toEqual(['the_db', 'the_db_audit']);
});
