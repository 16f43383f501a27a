import { Duration } from 'aws-cdk-lib';
import { Audit, DataLake } from '../../../src';
import { newStack, only, templateOf } from '../../support/synth';

test('data events of the lake\'s objects, and of no others, go to a locked bucket, in validated files', () => {
  const template = templateOf((stack) => new DataLake(stack, 'Lake', { audit: Audit.cloudTrail({ lock: Duration.days(30) }) }));
  const { properties: trail } = only(template, 'AWS::CloudTrail::Trail');
  const [{ FieldSelectors: selectors }] = trail.AdvancedEventSelectors;
  expect(trail).toMatchObject({ EnableLogFileValidation: true, IsLogging: true });
  expect(selectors[2]).toEqual({
    Field: 'resources.ARN', StartsWith: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^LakeStorageBucket/), 'Arn'] }, '/']] }],
  });
  const [[id, bucket]] = Object.entries(template.findResources('AWS::S3::Bucket')).filter(([name]) => name.includes('Audit'));
  expect(trail.S3BucketName).toEqual({ Ref: id });
  expect(bucket.Properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Days: 30, Mode: 'GOVERNANCE' });
  expect(bucket.DeletionPolicy).toBe('Retain');
});

test('CloudTrail is let in for this trail alone', () => {
  const template = templateOf((stack) => new DataLake(stack, 'Lake', { audit: Audit.cloudTrail() }));
  const statements = Object.values(template.findResources('AWS::S3::BucketPolicy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const trail = statements.filter(({ Principal }) => Principal.Service === 'cloudtrail.amazonaws.com');
  expect(trail.map(({ Action }) => Action)).toEqual(['s3:GetBucketAcl', 's3:PutObject']);
  for (const { Condition } of trail) {
    expect(JSON.stringify(Condition.StringEquals['aws:SourceArn'])).toContain(`trail/${only(template, 'AWS::CloudTrail::Trail').properties.TrailName}`);
  }
});

test('there is none by default, and its lock counts whole days', () => {
  templateOf((stack) => new DataLake(stack, 'Lake')).resourceCountIs('AWS::CloudTrail::Trail', 0);
  expect(() => new DataLake(newStack(), 'Lake', { audit: Audit.cloudTrail({ lock: Duration.hours(30) }) })).toThrow(/audit\.lock: got "1 day 6 hours"; use whole days/);
});
