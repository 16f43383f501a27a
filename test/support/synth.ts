import { App, AppProps, Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ExtractorFunction, HttpSourceOptions, Source } from '../../src';
import { RawBucket } from '../../src/storage/raw-bucket';

// aws-cdk-lib checks every synthesized template with its own rules, a second each; one test does it for all.
process.env.CDK_VALIDATION = 'false';

export const newStack = (env?: Environment, props: AppProps = {}) => new Stack(new App({ analyticsReporting: false, ...props }), 'Test', { env });

/** The template of a stack that `build` fills. */
export function templateOf(build: (stack: Stack) => void, env?: Environment, props?: AppProps): Template {
  const stack = newStack(env, props);
  build(stack);
  return Template.fromStack(stack);
}

export const usersSource = (options: Partial<HttpSourceOptions> = {}, name = 'users') =>
  Source.http(name, { url: 'https://api.example.com/users', records: '$.results', ...options });

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** All statements of identity policies, managed or inline, whose logical id holds the text. */
export function statementsOf(template: Template, idPart = ''): { actions: string[]; resources: unknown[]; condition?: unknown }[] {
  const resources = Object.entries(template.toJSON().Resources as Record<string, Resource>);
  return resources
    .filter(([id, { Type }]) => ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].includes(Type) && id.includes(idPart))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement)
    .map((statement) => ({ actions: list(statement.Action), resources: list(statement.Resource), condition: statement.Condition }));
}

/** The one resource of a type. */
export function only(template: Template, type: string): { id: string; properties: any; resource: any } {
  const found = Object.entries(template.findResources(type));
  expect(found.map(([id]) => id)).toHaveLength(1);
  const [[id, resource]] = found;
  return { id, properties: resource.Properties, resource };
}

/** What resources stand in a template: type and number. */
export function inventory(template: Template): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values((template.toJSON().Resources ?? {}) as Record<string, Resource>)) {
    counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

/** Builds the extractor of a source with these options, as a pipeline would. */
export function buildExtractor(options: Partial<HttpSourceOptions>, stack: Stack = newStack()): ExtractorFunction {
  return new ExtractorFunction(stack, 'Extractor', { source: usersSource(options), bucket: new RawBucket(stack, 'Raw').bucket });
}
