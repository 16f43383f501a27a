import { Template } from 'aws-cdk-lib/assertions';
import { DataLakePipeline } from '../../../src';
import { LakeManifest, MANIFEST_KEY } from '../../../src/spec';
import { newStack, usersSource } from '../../support/synth';

test('the template tells the command which resources make up each pipeline', () => {
  const stack = newStack();
  const users = new DataLakePipeline(stack, 'Users', { sources: [usersSource()] });
  new DataLakePipeline(stack, 'Orders', { sources: [usersSource({}, 'orders')] });
  users.addSource(usersSource({}, 'customers'));
  const template = Template.fromStack(stack).toJSON();
  const manifest = template.Metadata[MANIFEST_KEY] as LakeManifest;
  expect(manifest.version).toBe(1);
  expect(Object.keys(manifest.pipelines).sort()).toEqual(['Test/Orders', 'Test/Users']);
  expect(manifest.pipelines['Test/Users'].sources.map(({ name }) => name)).toEqual(['users', 'customers']);
  for (const { workgroup, stateMachine, sources } of Object.values(manifest.pipelines)) {
    expect(template.Resources[workgroup].Type).toBe('AWS::Athena::WorkGroup');
    expect(template.Resources[workgroup].Properties.Description).toBe('Queries of analysts');
    expect(template.Resources[stateMachine].Type).toBe('AWS::StepFunctions::StateMachine');
    for (const source of sources) {
      expect(template.Resources[source.function!].Type).toBe('AWS::Lambda::Function');
      expect(template.Resources[source.crawler!].Type).toBe('AWS::Glue::Crawler');
      expect(JSON.stringify(template.Resources[source.crawler!].Properties.Targets)).toContain(`/raw/${source.name}/`);
    }
  }
});
