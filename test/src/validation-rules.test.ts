import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { DataLakePipeline, Governance, NamedQuery } from '../../src';
import { usersSource } from '../support/synth';

/** What aws-cdk-lib's own rules find in the templates of an app. */
function findings(build: (stack: Stack) => void): string[] {
  process.env.CDK_VALIDATION = 'true';
  const app = new App({ analyticsReporting: false });
  build(new Stack(app, 'Test'));
  const warnings = jest.spyOn(console, 'error').mockImplementation();
  const { directory } = app.synth();
  warnings.mockRestore();
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
  return report.pluginReports.flatMap((plugin: any) => plugin.violations ?? []).map((violation: any) => violation.ruleName ?? violation.ruleId ?? 'a finding');
}

test('the rules find a property that does not exist', () => {
  const broken = (stack: Stack) => new CfnResource(stack, 'Broken', { type: 'AWS::S3::Bucket', properties: { NoSuchProperty: 1 } });
  expect(findings(broken)).not.toEqual([]);
});

test.each([['lake formation', Governance.lakeFormation()], ['iam', Governance.iam()]])('they find nothing in a pipeline under %s', (_, governance) => {
  expect(findings((stack) => new DataLakePipeline(stack, 'Users', {
    governance, sources: [usersSource()], namedQueries: [NamedQuery.sql('count', 'SELECT 1')],
  }))).toEqual([]);
});
