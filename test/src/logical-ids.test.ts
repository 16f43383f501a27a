import { DataLakePipeline, NamedQuery, RawBucket } from '../../src';
import { templateOf, usersSource } from '../support/synth';

const IDS = [
  'RawAccessLogsBucketD9B9E98E',
  'RawBucket672A0DBB',
  'UsersLakeStorageAccessLogsBucket42CC9207',
  'UsersLakeStorageBucketD0FDA239',
  'UsersResultsBucket0673C911',
  'RawKey9F610D0B',
  'UsersLakeKeyCC7ED961',
  'UsersLakeDatabaseD512A941',
  'UsersPipelineWorkgroupDA06E106',
  'UsersWorkgroup0BC6F539',
  'UsersLakeGovernanceClosingLogs76C6D636',
  'UsersSourceusersExtractorLogs5125D71F',
  'UsersWorkflowCatalogLogs6F19E64D',
  'UsersWorkflowLogsB62AD2CD',
  'UsersSourceusersCrawler324EF56E',
];
const NAMES = ['test_users_lake_88d0f462', 'Test-Users-Workgroup-6B2562ED', 'Test-Users-PipelineWorkgroup-E5188ACA'];

/** Changing one of these replaces a resource that holds data, or that others name: it is a breaking change. */
test('logical ids of stateful resources hold still', () => {
  const template = templateOf((stack) => {
    new DataLakePipeline(stack, 'Users', { sources: [usersSource()], namedQueries: [NamedQuery.sql('count', 'SELECT 1')] });
    new RawBucket(stack, 'Raw');
  });
  const stateful = ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Glue::Database', 'AWS::Athena::WorkGroup', 'AWS::Logs::LogGroup', 'AWS::Glue::Crawler'];
  const ids = stateful.flatMap((type) => Object.keys(template.findResources(type)).sort());
  expect(ids).toEqual(IDS);
});

test('generated names hold still, because they name databases and workgroups', () => {
  const template = templateOf((stack) => new DataLakePipeline(stack, 'Users', { sources: [usersSource()] }));
  const names = Object.values(template.findResources('AWS::Athena::WorkGroup')).map(({ Properties }) => Properties.Name);
  const [database] = Object.values(template.findResources('AWS::Glue::Database'));
  expect([database.Properties.DatabaseInput.Name, ...names]).toEqual(NAMES);
});

