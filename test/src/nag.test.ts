import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { acknowledgments, findings, findingsWithoutAcknowledgments, PACKS, resourcesOf, staleAcknowledgments } from '../support/nag';
import { PIPELINES, pipelineStack, REGIONS } from '../support/pipelines';
import { newStack } from '../support/synth';

/** References are final, and the library's acknowledgments are there, once a stack is synthesized. */
function synthesized(stack: Stack): Stack {
  Template.fromStack(stack);
  return stack;
}

const CASES = Object.keys(PIPELINES).flatMap((name) => (name === 'everything on' ? Object.values(REGIONS) : [REGIONS.aws]).map((region) => [name, region]));

describe.each(CASES)('%s in %s', (name, region) => {
  const stack = synthesized(pipelineStack(name, region));

  test('has no finding that is not explained', () => {
    expect(resourcesOf(stack)).toBeGreaterThan(20);
    expect(findings(stack)).toEqual([]);
  });

  test('has no acknowledgment that explains nothing', () => {
    expect(acknowledgments(stack).length).toBeGreaterThan(10);
    expect(staleAcknowledgments(stack)).toEqual([]);
  });
});

describe('the packs', () => {
  const broken = (acknowledge: (stack: Stack) => void = () => {}) => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Bucket');
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    new iam.ManagedPolicy(stack, 'Policy', { roles: [role], statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] })] });
    acknowledge(stack);
    return synthesized(stack);
  };

  test.each(Object.keys(PACKS))('%s finds what is wrong with a bucket without TLS', (pack) => {
    expect(PACKS[pack]().validateScope(broken()).violations.map(({ ruleName }) => ruleName).join()).toMatch(/SSLRequestsOnly|S10/);
  });

  test('an acknowledgment silences its rule at its construct, and one of another rule is stale', () => {
    const stack = broken((app) => Validations.of(app.node.findChild('Bucket')).acknowledge(
      { id: 'AwsSolutions-S10', reason: 'a test' }, { id: 'AwsSolutions-SQS4', reason: 'there is no queue' },
    ));
    expect(findings(stack).map(({ rule }) => rule)).not.toContain('AwsSolutions-S10');
    expect(findingsWithoutAcknowledgments(stack).map(({ rule }) => rule)).toContain('AwsSolutions-S10');
    expect(staleAcknowledgments(stack)).toEqual([{ rule: 'AwsSolutions-SQS4', path: 'Test/Bucket' }]);
  });

  test('a wildcard over a whole bucket is not explained by anything', () => {
    const wide = findings(broken()).filter(({ rule }) => rule.includes('IAM5'));
    expect(wide).toEqual([{ rule: expect.stringMatching(/^AwsSolutions-IAM5\[Resource::<Bucket\w+\.Arn>\/\*\]$/), path: 'Test/Policy/Resource' }]);
  });

  test('none of this stands in the template', () => {
    expect(JSON.stringify(Template.fromStack(pipelineStack('the smallest')).toJSON())).not.toContain('AwsSolutions');
  });

  test('a resource that no pack knows passes them all', () => {
    const stack = newStack();
    new CfnResource(stack, 'Unknown', { type: 'AWS::Glue::Database' });
    expect(findings(synthesized(stack))).toEqual([]);
  });
});
