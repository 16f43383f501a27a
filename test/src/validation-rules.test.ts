import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { PIPELINES, pipelineStack, REGIONS } from '../support/pipelines';
import { newStack } from '../support/synth';

/** What aws-cdk-lib's own rules (its CloudFormationValidatePlugin) find in the templates of an app. */
function findings(build: () => Stack): string[] {
  const before = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = 'true';
  const warnings = jest.spyOn(console, 'error').mockImplementation();
  try {
    const { directory } = (build().node.root as App).synth();
    const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
    return report.pluginReports.flatMap((plugin: any) => plugin.violations ?? []).map((violation: any) => violation.ruleName ?? violation.ruleId ?? 'a finding');
  } finally {
    warnings.mockRestore();
    process.env.CDK_VALIDATION = before;
  }
}

test('the rules find a property that does not exist', () => {
  expect(findings(() => {
    const stack = newStack();
    new CfnResource(stack, 'Broken', { type: 'AWS::S3::Bucket', properties: { NoSuchProperty: 1 } });
    return stack;
  })).not.toEqual([]);
});

const CASES = Object.keys(PIPELINES).flatMap((name) => (name === 'everything on' ? Object.values(REGIONS) : [REGIONS.aws]).map((region) => [name, region]));

test.each(CASES)('they find nothing in %s in %s', (name, region) => {
  expect(findings(() => pipelineStack(name, region))).toEqual([]);
}, 60_000);
