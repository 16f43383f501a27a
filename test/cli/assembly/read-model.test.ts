import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../../../cli/assembly/read-assembly';
import { readModel } from '../../../cli/assembly/read-model';
import { MANIFEST_KEY } from '../../../src/spec/lake-manifest';
import { handwrittenAssembly, handwrittenTemplate, newFolder, writeFiles } from '../../support/handwritten-app';

const USERS = { name: 'users', url: 'http://127.0.0.1:1/rows/1' };

const modelOf = (files: Record<string, unknown>) => readModel(readAssembly(writeFiles(newFolder(), files)));

test('finds what a run needs: code, environment, limits, table and queries', () => {
  const folder = writeFiles(newFolder(), handwrittenAssembly(handwrittenTemplate([USERS])));
  const { pipelines } = readModel(readAssembly(folder));
  expect(pipelines).toHaveLength(1);
  expect(pipelines[0]).toMatchObject({
    path: 'Lake/Pipeline',
    stack: { id: 'Lake', name: 'Lake', account: undefined, region: undefined },
    workgroup: { name: 'analysts', queries: [{ name: 'how_many', database: 'lake_db', sql: 'SELECT count(*) AS total FROM users' }] },
  });
  expect(pipelines[0].sources[0]).toMatchObject({
    name: 'users',
    function: {
      codeDir: join(folder, 'asset.code'),
      handler: 'index.handler',
      memoryMb: 256,
      timeoutSeconds: 30,
      environment: { API_URL: 'http://127.0.0.1:1/rows/1', DATA_BUCKET_NAME: 'lake-bucket' },
      unresolved: {},
    },
    crawler: { name: 'users-crawler', database: 'lake_db', bucket: 'lake-bucket', prefix: 'raw/users/', tableLevel: 3 },
  });
});

test('takes values that another stack of the app exports', () => {
  const files = handwrittenAssembly(handwrittenTemplate([{ ...USERS, url: { 'Fn::ImportValue': 'Api:Url' } }]));
  const manifest = files['manifest.json'] as { artifacts: Record<string, unknown> };
  manifest.artifacts.Api = { type: 'aws:cloudformation:stack', environment: 'aws://1/eu-west-1', properties: { templateFile: 'Api.template.json' } };
  files['Api.template.json'] = { Outputs: { Url: { Value: { 'Fn::Sub': 'http://${AWS::Region}/' }, Export: { Name: { 'Fn::Join': [':', ['Api', 'Url']] } } } } };
  expect(modelOf(files).pipelines[0].sources[0].function.environment.API_URL).toBe('http://eu-west-1/');
});

test('finds pipelines in the assemblies of stages, and names their stacks as the CDK does', () => {
  const inner = handwrittenAssembly(handwrittenTemplate([USERS]));
  const artifact = (inner['manifest.json'] as { artifacts: { Lake: Record<string, unknown> } }).artifacts.Lake;
  artifact.displayName = 'Prod/Lake (Prod-Lake)';
  artifact.properties = { templateFile: 'Lake.template.json', stackName: 'Prod-Lake' };
  const files = Object.fromEntries(Object.entries(inner).map(([name, content]) => [`assembly-Prod/${name}`, content]));
  files['manifest.json'] = { version: '54.0.0', artifacts: { 'assembly-Prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } } } };
  const { pipelines } = modelOf(files);
  expect(pipelines[0].stack).toMatchObject({ id: 'Prod/Lake', name: 'Prod-Lake' });
  expect(pipelines[0].sources[0].table.bucket).toBe('prod-lake-bucket');
});

test('notes a variable that only a deployed stack can fill, instead of failing for all', () => {
  const [template] = [handwrittenTemplate([{ ...USERS, url: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } }])];
  const files = handwrittenAssembly({ ...template, Resources: { ...template.Resources, Api: { Type: 'AWS::ApiGatewayV2::Api' } } });
  const fn = modelOf(files).pipelines[0].sources[0].function;
  expect(fn.unresolved.API_URL).toMatch(/ApiEndpoint/);
  expect(fn.environment).not.toHaveProperty('API_URL');
});

test('tells of context lookups that the app still waits for', () => {
  const files = handwrittenAssembly(handwrittenTemplate([USERS]));
  files['manifest.json'] = { ...files['manifest.json'] as object, missing: [{ key: 'vpc-provider:x' }] };
  expect(modelOf(files).missingContext).toEqual(['vpc-provider:x']);
});

describe('fails with the path and what to do', () => {
  const good = () => handwrittenAssembly(handwrittenTemplate([USERS]));

  test('for a folder that is not there', () => {
    expect(() => readAssembly('/nowhere/cdk.out')).toThrow(/there is no folder "\/nowhere\/cdk.out"/);
  });

  test('for a folder that is no assembly', () => {
    expect(() => modelOf({ 'other.json': {} })).toThrow(/has no manifest.json/);
  });

  test('for a manifest cut short', () => {
    expect(() => modelOf({ ...good(), 'manifest.json': '{"version": "54' })).toThrow(/cannot read ".*manifest.json"/);
  });

  test('for a manifest that is something else', () => {
    expect(() => modelOf({ 'manifest.json': { name: 'a web app' } })).toThrow(/no manifest of a cloud assembly/);
  });

  test('for a template that is gone', () => {
    const folder = writeFiles(newFolder(), good());
    rmSync(join(folder, 'Lake.template.json'));
    expect(() => readAssembly(folder)).toThrow(/Lake.template.json": the file is missing/);
  });

  test('for code that is gone', () => {
    const folder = writeFiles(newFolder(), good());
    rmSync(join(folder, 'asset.code'), { recursive: true });
    expect(() => readModel(readAssembly(folder))).toThrow(/code of function usersFunction \(code.zip\) is not in the assembly/);
  });

  test('for a pipeline manifest of another version', () => {
    const template = handwrittenTemplate([USERS]);
    Object.assign(template.Metadata[MANIFEST_KEY], { version: 2 });
    expect(() => modelOf(handwrittenAssembly(template))).toThrow(/manifest has version 2, this command reads version 1/);
  });

  test('for a manifest that names a resource which is not there', () => {
    const template = handwrittenTemplate([USERS]);
    delete (template.Resources as Record<string, unknown>).usersCrawler;
    expect(() => modelOf(handwrittenAssembly(template))).toThrow(/usersCrawler as an AWS::Glue::Crawler, the template has no such resource/);
  });
});
