import { App, Duration, Fn, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  AccessLogsBucket, AnalyticsWorkgroup, Auth, DataLake, DataLakePipeline, DataLakePipelineProps, Governance, HttpMethod, HttpSourceOptions,
  NamedQuery, Pagination, RawBucket, ResultsBucket, TokenPlace, TokenSource,
} from '../../src';
import { newStack, usersSource } from '../support/synth';

const ENV = { account: '111111111111', region: 'eu-west-1' };
const envStack = () => newStack(ENV);

const synthesized = (props: DataLakePipelineProps, stack: Stack = envStack()) => {
  new DataLakePipeline(stack, 'Users', { sources: [usersSource()], ...props });
  return Template.fromStack(stack);
};
const source = (options: Partial<HttpSourceOptions>) => () => ({ sources: [usersSource(options)] });
const elsewhere = (stack: Stack, region = 'us-east-1', account = ENV.account) =>
  s3.Bucket.fromBucketAttributes(stack, 'Elsewhere', { bucketName: 'elsewhere', region, account });
const query = (name: string, sql = 'SELECT 1', description?: string) => NamedQuery.sql(name, sql, { description });

test('good input passes', () => {
  expect(() => synthesized({
    extractor: { memorySize: 10240, timeout: Duration.seconds(900) },
    scanLimit: Size.mebibytes(10),
    namedQueries: [query('count')],
    sources: [usersSource({ headers: { Accept: 'application/json' }, pagination: Pagination.offset({ param: 'skip', limitParam: 'limit', limit: 10 }) })],
  })).not.toThrow();
});

test('a pipeline without a source fails, unless one is added', () => {
  const build = (add: boolean) => {
    const stack = newStack();
    const pipeline = new DataLakePipeline(stack, 'Users', { sources: [] });
    if (add) {
      pipeline.addSource(usersSource());
    }
    return Template.fromStack(stack);
  };
  expect(() => build(true)).not.toThrow();
  expect(() => build(false)).toThrow(/\[Test\/Users\] sources: got none, .*pass sources, or call addSource/);
});

test.each<[string, (stack: Stack) => DataLakePipelineProps, RegExp]>([
  ['too little memory', () => ({ extractor: { memorySize: 127 } }), /Extractor: .*\n {2}- memorySize: got 127; Lambda takes whole MiB from 128 to 10240/],
  ['too much memory', () => ({ extractor: { memorySize: 10241 } }), /memorySize: got 10241/],
  ['half a MiB', source({ extractor: { memorySize: 512.5 } }), /memorySize: got 512.5/],
  ['negative memory', () => ({ extractor: { memorySize: -1 } }), /memorySize: got -1/],
  ['a timeout of zero', () => ({ extractor: { timeout: Duration.seconds(0) } }), /timeout: got "0 seconds"; Lambda takes whole seconds up to Duration.minutes\(15\)/],
  ['a timeout beyond Lambda\'s', source({ extractor: { timeout: Duration.minutes(16) } }), /timeout: got "16 minutes"/],
  ['a fraction of a second', () => ({ extractor: { timeout: Duration.millis(1500) } }), /timeout: got "1 second 500 millis"/],
  ['an API timeout of zero', source({ timeouts: { connect: Duration.seconds(0) } }), /sources\.users\.timeouts\.connectMs: got 0; use a whole number above 0/],
  ['negative attempts', source({ retry: { maxAttempts: -1 } }), /retry\.maxAttempts: got -1/],
  ['a base above its ceiling', source({ retry: { baseDelay: Duration.minutes(1), maxDelay: Duration.seconds(1) } }), /retry\.baseDelay: got "1 minute"; use no more than retry.maxDelay/],
  ['a record longer than Athena reads', source({ limits: { maxRecordSize: Size.mebibytes(33) } }), /limits\.maxRecordSize: got "34603008 bytes"; Athena reads no record beyond/],
  ['empty records', source({ records: '' }), /sources\.users\.records: got ""; a JSONPath starts with/],
  ['a filter in a JSONPath', source({ records: '$.data[?(@.id)]' }), /records: got .*is not a JSONPath of the supported kind at position 6/],
  ['one parameter for page and size', source({ pagination: Pagination.pageNumber({ param: 'page', sizeParam: 'page', size: 1 }) }),
    /pagination\.sizeParam: got "page"; use another parameter/],
  ['a page below zero', source({ pagination: Pagination.pageNumber({ param: 'page', start: -1 }) }), /pagination\.start: got -1/],
  ['a token in the body of a GET', source({ pagination: Pagination.cursor({ token: TokenSource.path('$.next'), target: TokenPlace.body('after') }) }),
    /pagination\.target: got "a field of the body with GET"/],
  ['a link without a relation', source({ pagination: Pagination.linkHeader({ rel: '' }) }), /pagination\.rel: got ""/],
  ['a header that is none', source({ headers: { 'my header': 'x' } }), /sources\.users\.headers: got "my header"; use letters, digits and hyphens/],
  ['a header of two lines', source({ headers: { 'X-A': 'hidden\r\nX-B: 1' } }), /headers\.X-A: got "a value with a line break"; a header is one line/],
  ['a cookie', source({ headers: { Cookie: 'hidden' } }), /headers: got "Cookie"; credentials stand in Secrets Manager/],
  ['a header of the client', source({ headers: { 'Content-Length': '1' } }), /headers: got "Content-Length"; the extractor sets it itself/],
  ['a token read from no header', source({ pagination: Pagination.cursor({ token: TokenSource.header(''), target: TokenPlace.query('after') }) }),
    /pagination\.token: got ""; use letters/],
  ['an empty crawler name', source({ crawlerName: ' ' }), /sources\.users\.crawlerName: got " "; use 1 to 255 characters/],
  ['a spec beyond 4 KB', source({ method: HttpMethod.POST, body: { query: 'x'.repeat(5000) } }), /sources\.users: got "5\d\d\d bytes of environment"; Lambda takes 4096/],
  ['a secret\'s value in a header', (stack) => ({
    sources: [usersSource({ headers: { 'X-Key': secretsmanager.Secret.fromSecretNameV2(stack, 'S', 'api').secretValue.unsafeUnwrap() } })],
  }), /sources\.users: got "the value of a secret"; it would stand in the function's configuration: pass the secret to auth/],
  ['a database name that Athena refuses', () => ({ databaseName: 'My-Db' }), /Test\/Users\/Lake: .*\n {2}- databaseName: got "My-Db"/],
  ['a database name too long', () => ({ databaseName: 'd'.repeat(101) }), /databaseName: got "d+"; .* at most 100/],
  ['a workgroup name that Athena refuses', () => ({ workgroupName: 'a b' }), /Test\/Users\/Workgroup: .*\n {2}- workgroupName: got "a b"/],
  ['a scan limit below Athena\'s', () => ({ scanLimit: Size.mebibytes(9) }), /scanLimit: got "9437184 bytes"/],
  ['two queries of a name', () => ({ namedQueries: [query('a'), query('a', 'SELECT 2')] }), /namedQueries: got "a"; a workgroup holds one query of a name/],
  ['a query name too long', () => ({ namedQueries: [query('a'.repeat(129))] }), /namedQueries\.name: got "a+\.{3}; use 1 to 128 characters/],
  ['a query too long', () => ({ namedQueries: [query('a', 'x'.repeat(262145))] }), /namedQueries\.a: got "262145 bytes"; Athena takes 262144/],
  ['an empty description', () => ({ namedQueries: [query('a', 'SELECT 1', '')] }), /namedQueries\.a\.description: got ""/],
  ['a bucket in another region', (stack) => ({ bucket: elsewhere(stack) }), /Test\/Users\/Lake: .*\n {2}- bucket: got "one in us-east-1"; use one in eu-west-1, the region of stack Test/],
  ['a bucket of another account', (stack) => ({ bucket: elsewhere(stack, ENV.region, '222222222222') }), /bucket: got "one of account 222222222222"; use one of account 111111111111/],
  ['a key in another region', (stack) => ({
    encryptionKey: kms.Key.fromKeyArn(stack, 'Key', stack.formatArn({ service: 'kms', resource: 'key', resourceName: 'k', region: 'us-east-1' })),
  }), /encryptionKey: got "one in us-east-1"/],
  ['a lake in another region', (stack) => {
    const far = new Stack(stack.node.root as App, 'Far', { env: { ...ENV, region: 'us-east-1' } });
    return { lake: new DataLake(far, 'Lake') };
  }, /Test\/Users: .*\n {2}- lake: got "one in us-east-1"/],
  ['a role for settings that are left out', (stack) => ({
    governance: Governance.lakeFormation({ dataLakeSettings: false, deploymentRole: iam.Role.fromRoleName(stack, 'R', 'deployer') }),
  }), /Governance: .*\n {2}- governance: got "a deploymentRole, and dataLakeSettings: false"; leave deploymentRole out/],
  ['a snapshot on delete', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }), /removalPolicy: got "snapshot"; nothing here can make a snapshot/],
])('%s fails, and the error says where, what and how to put it right', (_, props, message) => {
  const stack = envStack();
  expect(() => synthesized(props(stack), stack)).toThrow(message);
});

test('buckets expire by whole days', () => {
  const key = (stack: Stack) => new kms.Key(stack, 'Key');
  expect(() => new RawBucket(newStack(), 'Raw', { noncurrentVersionExpiration: Duration.hours(48) })).not.toThrow();
  expect(() => new RawBucket(newStack(), 'Raw', { noncurrentVersionExpiration: Duration.hours(36) }))
    .toThrow(/Test\/Raw: .*\n {2}- noncurrentVersionExpiration: got "1 day 12 hours"; use whole days/);
  expect(() => new AccessLogsBucket(newStack(), 'Logs', { expiration: Duration.days(0) })).toThrow(/Test\/Logs: .*\n {2}- expiration: got "0 days"/);
  const stack = newStack();
  expect(() => new ResultsBucket(stack, 'Results', { encryptionKey: key(stack), expiration: Duration.days(0) })).toThrow(/Test\/Results: .*\n {2}- expiration/);
});

test('two lakes in one bucket fail: they would write the same keys', () => {
  const build = (names: string[]) => {
    const stack = newStack();
    const buckets = names.map((name) => stack.node.tryFindChild(name) as s3.Bucket | undefined ?? new s3.Bucket(stack, name));
    buckets.forEach((bucket, i) => new DataLake(stack, `Lake${i}`, { bucket }));
  };
  expect(() => build(['One', 'Two'])).not.toThrow();
  expect(() => build(['One', 'One'])).toThrow(/Test\/Lake1: .*\n {2}- bucket: got "Test\/One"; Test\/Lake0 is a lake in the same bucket: share it with `lake`/);
});

test('results stand in the workgroup\'s region', () => {
  const stack = envStack();
  expect(() => new AnalyticsWorkgroup(stack, 'Workgroup', { resultsBucket: elsewhere(stack) })).toThrow(/Test\/Workgroup: .*\n {2}- resultsBucket: got "one in us-east-1"/);
});

test('what only deployment knows is taken as it is', () => {
  const stack = newStack();
  expect(() => synthesized({
    databaseName: Fn.importValue('database'),
    workgroupName: Fn.importValue('workgroup'),
    bucket: s3.Bucket.fromBucketName(stack, 'Bucket', Fn.importValue('bucket')),
    sources: [usersSource({ url: Fn.importValue('url') })],
  }, stack)).not.toThrow();
});

describe('what may be meant is a warning', () => {
  const warned = (options: Partial<HttpSourceOptions>, text: string) => {
    const stack = newStack();
    new DataLakePipeline(stack, 'Users', { sources: [usersSource(options)] });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(text)).length;
  };

  test('an endpoint without TLS, except on loopback', () => {
    expect(warned({ url: 'http://api.example.com/' }, 'can read and change what is extracted')).toBe(1);
    expect(warned({ url: 'http://127.0.0.1:8080/' }, 'can read and change')).toBe(0);
    expect(warned({ url: 'https://api.example.com/' }, 'can read and change')).toBe(0);
  });

  test('a key beside a bucket that was imported without one', () => {
    const warnings = (bucket: (stack: Stack, encryptionKey: kms.IKey) => s3.IBucket) => {
      const stack = newStack();
      const encryptionKey = new kms.Key(stack, 'Key');
      new DataLake(stack, 'Lake', { bucket: bucket(stack, encryptionKey), encryptionKey });
      return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('imported without a key')).length;
    };
    expect(warnings((stack) => s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'))).toBe(1);
    expect(warnings((stack, encryptionKey) => s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'the-bucket', encryptionKey }))).toBe(0);
    expect(warnings((stack) => new s3.Bucket(stack, 'Bucket'))).toBe(0);
  });

  test('a credential in URL, query or header, whose value is not repeated', () => {
    expect(warned({ url: 'https://api.example.com/?api_key=hidden' }, '"api_key" looks like a credential in clear text')).toBe(1);
    expect(warned({ query: { token: 'hidden' } }, '"token" looks like a credential')).toBe(1);
    expect(warned({ headers: { 'X-Api-Key': 'hidden' } }, '"X-Api-Key" looks like a credential')).toBe(1);
    expect(warned({ headers: { 'X-Api-Key': 'hidden' } }, 'hidden')).toBe(0);
    expect(warned({ query: { page_token_size: '1' } }, 'looks like a credential')).toBe(0);
  });

  test('a key in Secrets Manager is none', () => {
    const stack = newStack();
    const auth = Auth.apiKey(secretsmanager.Secret.fromSecretNameV2(stack, 'S', 'api'), { header: 'X-Api-Key' });
    new DataLakePipeline(stack, 'Users', { sources: [usersSource({ auth })] });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('credential'))).toEqual([]);
  });
});
