import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RawBucket } from '../../../src';
import { inventory, newStack, only, templateOf } from '../../support/synth';

const BOTH_KEYS = { context: { 'cdk-data-lake-pipeline:deleteData': true } };
const DATA = { LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ Id: 'expire-staging' })]) } };

test('the bucket is encrypted, closed, versioned and logged', () => {
  const template = templateOf((stack) => new RawBucket(stack, 'Raw'));
  template.hasResourceProperties('AWS::S3::Bucket', {
    ...DATA,
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }],
    },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    VersioningConfiguration: { Status: 'Enabled' },
    LoggingConfiguration: { LogFilePrefix: 'raw/', DestinationBucketName: Match.anyValue() },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
  template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
});

test('both buckets refuse connections without TLS', () => {
  const template = templateOf((stack) => new RawBucket(stack, 'Raw'));
  const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  expect(policies).toHaveLength(2);
  for (const policy of policies) {
    expect(policy.Properties.PolicyDocument.Statement).toContainEqual(expect.objectContaining({
      Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }));
  }
});

test('old versions, delete markers, unpublished parts and abandoned uploads expire', () => {
  templateOf((stack) => new RawBucket(stack, 'Raw')).hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'expire-noncurrent-versions',
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          ExpiredObjectDeleteMarker: true,
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          Status: 'Enabled',
        },
        { Id: 'expire-staging', Prefix: '_staging/', ExpirationInDays: 30, Status: 'Enabled' },
      ],
    },
  });
});

test('access logs are let in by a bucket policy, also in apps without the feature flag', () => {
  templateOf((stack) => new RawBucket(stack, 'Raw')).hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', Principal: { Service: 'logging.s3.amazonaws.com' } })]) },
  });
});

test('key, log bucket and the time to recover can be given', () => {
  const template = templateOf((stack) => new RawBucket(stack, 'Raw', {
    encryptionKey: new kms.Key(stack, 'Mine'),
    accessLogsBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'my-logs'),
    noncurrentVersionExpiration: Duration.days(90),
  }));
  expect(inventory(template)).toEqual({ 'AWS::KMS::Key': 1, 'AWS::S3::Bucket': 1, 'AWS::S3::BucketPolicy': 1 });
  const { properties } = only(template, 'AWS::S3::Bucket');
  expect(properties.LoggingConfiguration.DestinationBucketName).toBe('my-logs');
  expect(properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 90 });
  expect(only(template, 'AWS::KMS::Key').id).toMatch(/^Mine/);
});

describe('data is deleted with two keys only', () => {
  const policies = (removalPolicy?: RemovalPolicy, props = {}) => {
    const template = templateOf((stack) => new RawBucket(stack, 'Raw', { removalPolicy }), undefined, props);
    const held = [...Object.values(template.findResources('AWS::S3::Bucket')), ...Object.values(template.findResources('AWS::KMS::Key'))];
    return { kept: held.map((resource) => resource.DeletionPolicy), emptied: Object.keys(template.findResources('Custom::S3AutoDeleteObjects')).length };
  };

  test('by default all is kept', () => {
    expect(policies()).toEqual({ kept: Array(3).fill('RetainExceptOnCreate'), emptied: 0 });
  });

  test('DESTROY alone keeps it and says so', () => {
    expect(policies(RemovalPolicy.DESTROY)).toEqual({ kept: Array(3).fill('RetainExceptOnCreate'), emptied: 0 });
    const stack = newStack();
    new RawBucket(stack, 'Raw', { removalPolicy: RemovalPolicy.DESTROY });
    Annotations.fromStack(stack).hasWarning('/Test', Match.stringLikeRegexp('DESTROY alone keeps the data.*cdk-data-lake-pipeline:deleteData'));
  });

  test('the flag alone keeps it', () => {
    expect(policies(undefined, BOTH_KEYS)).toEqual({ kept: Array(3).fill('RetainExceptOnCreate'), emptied: 0 });
  });

  test('both together delete it', () => {
    expect(policies(RemovalPolicy.DESTROY, BOTH_KEYS)).toEqual({ kept: ['Delete', 'Delete', 'Delete'], emptied: 2 });
  });
});
