import { Resolver } from '../../../cli/assembly/resolver';
import { Template } from '../../../cli/assembly/template';

const TEMPLATE: Template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev' },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Required: { Type: 'String' },
    Latest: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path' },
  },
  Mappings: { Sizes: { dev: { memory: 256 } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsElsewhere: { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'IsDev' }, { 'Fn::Equals': ['a', 'b'] }] }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsElsewhere' }] },
    Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
  },
  Resources: {
    RawBucket: { Type: 'AWS::S3::Bucket' },
    NamedBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Sub': 'lake-${Stage}' } } },
    Database: { Type: 'AWS::Glue::Database', Properties: { DatabaseInput: { Name: 'lake_db' } } },
    OtherDatabase: { Type: 'AWS::Glue::Database' },
    Function: { Type: 'AWS::Lambda::Function' },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'token' } },
    Api: { Type: 'AWS::ApiGatewayV2::Api' },
    Itself: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Itself' } } },
  },
};

const resolver = new Resolver({
  stackName: 'My-Stack',
  template: TEMPLATE,
  region: 'eu-central-1',
  importValue: (name) => `imported:${name}`,
});

const cases: [string, unknown, unknown][] = [
  ['plain values', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['the region', { Ref: 'AWS::Region' }, 'eu-central-1'],
  ['the partition', { Ref: 'AWS::Partition' }, 'aws'],
  ['the stack name', { Ref: 'AWS::StackName' }, 'My-Stack'],
  ['no value, which leaves its property out', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
  ["a parameter's default", { Ref: 'Stage' }, 'dev'],
  ["a list parameter's default", { Ref: 'Zones' }, ['a', 'b']],
  ['a bucket that has no name of its own', { Ref: 'RawBucket' }, 'my-stack-rawbucket'],
  ['a bucket that names itself with a parameter', { Ref: 'NamedBucket' }, 'lake-dev'],
  ['a database by its name', { Ref: 'Database' }, 'lake_db'],
  ['a database that has no name of its own', { Ref: 'OtherDatabase' }, 'my_stack_otherdatabase'],
  ['a secret by its ARN', { Ref: 'Secret' }, 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:token'],
  ["a bucket's ARN", { 'Fn::GetAtt': ['RawBucket', 'Arn'] }, 'arn:aws:s3:::my-stack-rawbucket'],
  ["a function's ARN in short form", { 'Fn::GetAtt': 'Function.Arn' }, 'arn:aws:lambda:eu-central-1:000000000000:function:My-Stack-Function'],
  ['Join over nested values', { 'Fn::Join': ['/', ['s3:/', { Ref: 'RawBucket' }, 'raw']] }, 's3://my-stack-rawbucket/raw'],
  ['Select of a Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['Sub with variables, attributes and a literal', { 'Fn::Sub': ['${x}-${Stage}-${RawBucket.Arn}-${!kept}', { x: { Ref: 'AWS::Region' } }] }, 'eu-central-1-dev-arn:aws:s3:::my-stack-rawbucket-${kept}'],
  ['If of a condition that holds', { 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
  ['If of one that does not hold', { 'Fn::If': ['IsElsewhere', 'yes', 'no'] }, 'no'],
  ['If of both', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 256],
  ['FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'prod', 'memory', { DefaultValue: 512 }] }, 512],
  ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Stage}-bucket' } }, 'imported:dev-bucket'],
  ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['a property that only looks like a Ref', { Ref: 'x', Other: 1 }, { Ref: 'x', Other: 1 }],
];

test.each(cases)('resolves %s', (_name, value, expected) => {
  expect(resolver.resolve(value)).toEqual(expected);
});

const failures: [string, unknown, RegExp][] = [
  ['an intrinsic function it does not know', { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, /does not know the intrinsic function "Fn::Cidr"/],
  ['a Ref to nothing', { Ref: 'Nowhere' }, /"Nowhere" names neither a parameter nor a resource/],
  ['an attribute of nothing', { 'Fn::GetAtt': ['Nowhere', 'Arn'] }, /"Nowhere.Arn" names no resource/],
  ['an attribute that only a deployed resource has', { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }, /attribute "ApiEndpoint" of Api .* before the stack is deployed/],
  ['a parameter without a default', { Ref: 'Required' }, /parameter "Required" has no default/],
  ['a parameter from Systems Manager', { Ref: 'Latest' }, /read from Systems Manager/],
  ['a name that refers to itself', { Ref: 'Itself' }, /refers to itself/],
  ['a condition that refers to itself', { 'Fn::If': ['Circle', 1, 2] }, /refers to itself/],
  ['Select beyond the end', { 'Fn::Select': [3, ['a']] }, /finds nothing at 3/],
  ['a function whose list is none', { 'Fn::Join': 'x' }, /"Fn::Join" needs a list/],
];

test.each(failures)('fails for %s', (_name, value, message) => {
  expect(() => resolver.resolve(value)).toThrow(message);
});

test('keeps a long generated bucket name within 63 characters, and apart from its neighbours', () => {
  const logicalIds = ['A'.repeat(80), `${'A'.repeat(80)}B`];
  const long = new Resolver({
    stackName: 'Stack',
    region: 'us-east-1',
    importValue: () => undefined,
    template: { Resources: Object.fromEntries(logicalIds.map((id) => [id, { Type: 'AWS::S3::Bucket' }])) },
  });
  const names = logicalIds.map((id) => long.text({ Ref: id }));
  expect(names[0]).toHaveLength(63);
  expect(names[0]).not.toBe(names[1]);
});
