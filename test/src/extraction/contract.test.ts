import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Contract, JsonSchema } from '../../../src';
import { ContractSpec, SourceSpec } from '../../../src/spec';
import { buildExtractor, newStack, only, statementsOf } from '../../support/synth';

const SCHEMA = { type: 'object', properties: { id: { type: 'integer' } } };

const file = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'schema-')), 'users.json');
  writeFileSync(path, text);
  return path;
};

function synth(contract: Contract) {
  const stack = newStack();
  buildExtractor({ contract }, stack);
  const template = Template.fromStack(stack);
  const environment = only(template, 'AWS::Lambda::Function').properties.Environment.Variables.SOURCE_SPEC as { 'Fn::Join': [string, unknown[]] };
  const [, parts] = environment['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : `<${(part as { 'Fn::Sub': string })['Fn::Sub']}>`)).join('');
  return { template, stack, contract: (JSON.parse(text) as SourceSpec).contract as ContractSpec };
}

/** The schema as it would be deployed, under the key that the spec names. */
function deployed(stack: Stack, { schema }: ContractSpec): string {
  const assembly: CloudAssembly = (stack.node.root as App).synth();
  const manifest = JSON.parse(readFileSync(join(assembly.directory, `${stack.stackName}.assets.json`), 'utf8')) as {
    files: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>;
  };
  const key = /[^/]*\.json/.exec(schema)![0];
  const found = Object.values(manifest.files).find(({ destinations }) => Object.values(destinations).some(({ objectKey }) => objectKey === key));
  return readFileSync(join(assembly.directory, found!.source.path), 'utf8');
}

test('the schema travels as an asset, and the spec holds its place and digest', () => {
  const text = '{ "properties": {"id": {"maximum": 9223372036854775807}} }\n';
  const { contract, stack } = synth(Contract.freeze(JsonSchema.fromFile(file(text)), { maxQuarantineRatio: 0.5 }));

  expect(contract).toEqual({
    mode: 'freeze',
    schema: expect.stringMatching(/^<s3:\/\/cdk-hnb659fds-assets-\$\{AWS::AccountId\}-\$\{AWS::Region\}\/[0-9a-f]{64}\.json>$/),
    sha256: createHash('sha256').update(text).digest('hex'),
    maxQuarantineRatio: 0.5,
  });
  expect(deployed(stack, contract)).toBe(text);
});

test.each([['evolve', Contract.evolve(JsonSchema.fromObject(SCHEMA), { maxQuarantineRatio: 0.1 })], ['fail', Contract.fail(JsonSchema.fromObject(SCHEMA))]])(
  '%s, from an object, says nothing that is the default', (mode, given) => {
    const { contract, stack } = synth(given);
    expect(contract).toEqual({ mode, schema: expect.anything(), sha256: expect.anything() });
    expect(JSON.parse(deployed(stack, contract))).toEqual(SCHEMA);
  });

test('the function may read exactly its schema', () => {
  const { template } = synth(Contract.evolve(JsonSchema.fromObject(SCHEMA)));
  const schema = statementsOf(template).filter(({ resources }) => JSON.stringify(resources).includes('cdk-hnb659fds-assets'));
  expect(schema.map(({ actions }) => actions)).toEqual([['s3:GetObject']]);
  expect(JSON.stringify(schema[0].resources)).toMatch(/\/[0-9a-f]{64}\.json"/);
});

test('a keyword that nobody knows is warned of', () => {
  const { stack } = synth(Contract.evolve(JsonSchema.fromObject({ propertes: {} })));
  Annotations.fromStack(stack).hasWarning('/Test/Extractor', Match.stringLikeRegexp('checks nothing \\(strict mode: unknown keyword: "propertes"\\)'));
});

test.each<[string, Contract, string]>([
  ['a schema that is none', Contract.freeze(JsonSchema.fromObject({ properties: { id: { type: 'integr' } } })),
    'Test/Extractor: invalid property\n  - sources.users.contract.schema#/properties/id/type: got "integr"; JSON Schema 2020-12: must be one of'],
  ['a file that is not there', Contract.evolve(JsonSchema.fromFile('schemas/none.json')), 'sources.users.contract.schema: got "schemas/none.json"; there is no such file in'],
  ['a file that is no JSON', Contract.evolve(JsonSchema.fromFile(file('{"type": '))), 'sources.users.contract.schema#: got "{\\"type\\": "; JSON Schema 2020-12: Unexpected end of JSON'],
  ['a reference to another document', Contract.evolve(JsonSchema.fromObject({ properties: { a: { $ref: 'b.json' } } })), 'contract.schema#/properties/a/$ref: got "b.json"; JSON Schema 2020-12: can\'t resolve'],
  // eslint-disable-next-line no-loss-of-precision, @typescript-eslint/no-loss-of-precision
  ['an integer that JavaScript rounds', Contract.evolve(JsonSchema.fromObject({ properties: { id: { maximum: 9223372036854775807 } } })),
    'got "9223372036854776000 at /properties/id/maximum"; JavaScript has rounded this number: use JsonSchema.fromFile'],
  ['a ratio beyond all', Contract.evolve(JsonSchema.fromObject(SCHEMA), { maxQuarantineRatio: 10 }), 'sources.users.contract.maxQuarantineRatio: got 10; use a number from 0 to 1'],
])('%s fails with its place and a fix', (_name, contract, message) => {
  expect(() => buildExtractor({ contract })).toThrow(message);
});
