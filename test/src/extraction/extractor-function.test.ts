import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, ExtractorFunction, ExtractorFunctionProps, Incremental, Pagination, TokenPlace } from '../../../src';
import { bundleFolder } from '../../../src/core/bundled-function';
import { inventory, newStack, only, statementsOf, templateOf, usersSource } from '../../support/synth';

const add = (stack: Stack, props: Partial<ExtractorFunctionProps> = {}) => new ExtractorFunction(stack, 'Extractor', {
  source: usersSource(),
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'),
  ...props,
});

test('the function runs the bundle on the newest Node LTS, arm64, as long as Lambda lets it', () => {
  templateOf((stack) => add(stack)).hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    MemorySize: 1769,
    Timeout: 900,
  });
});

test('memory, time and retention are options', () => {
  const template = templateOf((stack) => add(stack, { memorySize: 3538, timeout: Duration.minutes(5), logRetention: logs.RetentionDays.ONE_WEEK }));
  template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 3538, Timeout: 300 });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('endpoint, bucket and spec travel in the environment', () => {
  const source = usersSource({ pagination: Pagination.linkHeader() });
  const { properties } = only(templateOf((stack) => add(stack, { source })), 'AWS::Lambda::Function');
  expect(properties.Environment.Variables).toEqual({
    API_URL: 'https://api.example.com/users',
    DATA_BUCKET_NAME: 'the-bucket',
    PIPELINE_NAME: 'Test/Extractor',
    SOURCE_SPEC: '{"version":1,"source":"users","records":"$.results","pagination":{"type":"linkHeader"}}',
  });
});

test('it makes four resources', () => {
  expect(inventory(templateOf((stack) => add(stack)))).toEqual({
    'AWS::IAM::ManagedPolicy': 1, 'AWS::IAM::Role': 1, 'AWS::Lambda::Function': 1, 'AWS::Logs::LogGroup': 1,
  });
});

test('the first call finds its permissions in place', () => {
  const template = templateOf((stack) => add(stack));
  expect(only(template, 'AWS::Lambda::Function').resource.DependsOn).toEqual([only(template, 'AWS::IAM::ManagedPolicy').id]);
});

describe('the role', () => {
  const arn = (key: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::the-bucket/${key}`]] });

  test('reaches the source\'s own keys only, and deletes only what a newer run replaces', () => {
    const statements = statementsOf(templateOf((stack) => add(stack)));
    const objects = statements.filter(({ actions }) => actions.includes('s3:GetObject'));
    expect(objects).toEqual([
      { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [arn('raw/users/*'), arn('quarantine/users/*'), arn('_staging/users/*')] },
      { actions: ['s3:GetObject', 's3:PutObject'], resources: [arn('_state/users.json'), arn('_runs/users/*')] },
    ]);
    expect(statements.find(({ actions }) => actions.includes('s3:ListBucket'))?.condition).toEqual({
      StringLike: { 's3:prefix': ['raw/users/*', 'quarantine/users/*', '_staging/users/*', '_state/users.json', '_runs/users/*'] },
    });
  });

  test('keeps the states of a backfill\'s windows where its source can be asked for a part', () => {
    const incremental = Incremental.cursor({ path: '$.at', target: TokenPlace.query('since') });
    const statements = statementsOf(templateOf((stack) => add(stack, { source: usersSource({ key: ['$.id'], incremental }) })));
    expect(statements).toContainEqual({ actions: ['s3:GetObject', 's3:PutObject'], resources: [arn('_state/users.json'), arn('_state/users/*'), arn('_runs/users/*')] });
  });

  test('uses the bucket\'s key when it has one', () => {
    const template = templateOf((stack) => add(stack, { bucket: new s3.Bucket(stack, 'Own', { encryptionKey: new kms.Key(stack, 'Key') }) }));
    expect(statementsOf(template).filter(({ actions }) => actions.some((action) => action.startsWith('kms:')))).toEqual([
      { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [{ 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] }] },
    ]);
  });

  test('reads exactly the secret of its source', () => {
    const template = templateOf((stack) => {
      const secret = new secretsmanager.Secret(stack, 'Token');
      add(stack, { source: usersSource({ auth: Auth.bearer(secret, { field: 'token' }) }) });
    });
    const { id } = only(template, 'AWS::SecretsManager::Secret');
    expect(statementsOf(template).filter(({ actions }) => actions[0].startsWith('secretsmanager:')))
      .toEqual([{ actions: ['secretsmanager:GetSecretValue'], resources: [{ Ref: id }] }]);
    expect(JSON.stringify(only(template, 'AWS::Lambda::Function').properties.Environment.Variables.SOURCE_SPEC)).toContain(`{"Ref":"${id}"}`);
  });

  test('finds a secret that was imported by its name, whatever six characters follow it', () => {
    const template = templateOf((stack) => {
      const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Token', 'api/token');
      add(stack, { source: usersSource({ auth: Auth.bearer(secret) }) });
    });
    const [{ resources }] = statementsOf(template).filter(({ actions }) => actions[0].startsWith('secretsmanager:'));
    expect(JSON.stringify(resources)).toContain(':secret:api/token-??????');
  });

  test('writes to its own log group only', () => {
    const template = templateOf((stack) => add(stack));
    const { id } = only(template, 'AWS::Logs::LogGroup');
    expect(statementsOf(template).filter(({ actions }) => actions[0].startsWith('logs:')))
      .toEqual([{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [{ 'Fn::GetAtt': [id, 'Arn'] }] }]);
  });
});

describe('logs', () => {
  test('are encrypted with the key, whose policy lets CloudWatch Logs use it for this account alone', () => {
    const template = templateOf((stack) => add(stack, { encryptionKey: new kms.Key(stack, 'Key') }));
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] } });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Sid: 'AllowLogGroups',
          Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
          Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
        })]),
      },
    });
  });

  test('are kept unless the stack says otherwise', () => {
    templateOf((stack) => add(stack)).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'RetainExceptOnCreate' });
    templateOf((stack) => add(stack, { removalPolicy: RemovalPolicy.DESTROY })).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });
});

test('grantInvoke lets someone run the function and nothing else', () => {
  const stack = newStack();
  const user = new iam.User(stack, 'User');
  add(stack).grantInvoke(user).assertSuccess();
  expect(statementsOf(Template.fromStack(stack), 'User').map(({ actions }) => actions)).toEqual([['lambda:InvokeFunction']]);
});

test('a missing bundle is a clear error', () => {
  const assets = mkdtempSync(join(tmpdir(), 'bundle-'));
  expect(() => bundleFolder('extractor', assets))
    .toThrow(/the bundle of the extractor function is missing: got no index\.js in .*; reinstall .* "npx projen bundle:lambda"/);
  mkdirSync(join(assets, 'extractor'));
  writeFileSync(join(assets, 'extractor', 'index.js'), '');
  expect(bundleFolder('extractor', assets)).toBe(join(assets, 'extractor'));
});
