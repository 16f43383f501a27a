import { existsSync, statSync } from 'node:fs';
import { Crawler, FunctionAsset, LambdaFunction, NamedQuery, Workflow, Workgroup } from './lake-model';
import { localArn, localName } from './local-names';
import { AssemblyStack } from './read-assembly';
import { Resolver } from './resolver';
import { CommandError, messageOf } from '../errors';

/** What Lambda takes when the template leaves it out. */
const LAMBDA_MEMORY_MB = 128;
const LAMBDA_TIMEOUT_SECONDS = 3;

export type Properties = Readonly<Record<string, unknown>>;

export function readFunction(stack: AssemblyStack, resolver: Resolver, logicalId: string): LambdaFunction {
  const properties = propertiesOf(stack, logicalId, 'AWS::Lambda::Function');
  const variables = ((properties.Environment as Properties | undefined)?.Variables ?? {}) as Properties;
  const environment: Record<string, string> = {};
  const unresolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    try {
      environment[name] = resolver.text(value);
    } catch (error) {
      unresolved[name] = messageOf(error);
    }
  }
  return {
    logicalId,
    arn: localArnOf(resolver, logicalId),
    codeDir: codeDirOf(stack, resolver, logicalId, properties.Code as Properties | undefined),
    handler: resolver.text(properties.Handler ?? ''),
    environment,
    unresolved,
    assets: assetsIn(environment, stack),
    memoryMb: Number(resolver.resolve(properties.MemorySize) ?? LAMBDA_MEMORY_MB),
    timeoutSeconds: Number(resolver.resolve(properties.Timeout) ?? LAMBDA_TIMEOUT_SECONDS),
  };
}

/** Assets are named in the environment by their place in S3; the assembly knows them by the key, which is a digest. */
function assetsIn(environment: Readonly<Record<string, string>>, { assets }: AssemblyStack): FunctionAsset[] {
  const places = Object.values(environment).flatMap((value) => [...value.matchAll(/s3:\/\/([a-z0-9.-]+)\/([^"\s]+)/g)]);
  return places.flatMap(([, bucket, key]) => {
    const path = assets.get(key);
    return path === undefined ? [] : [{ bucket, key, path }];
  });
}

function codeDirOf(stack: AssemblyStack, resolver: Resolver, logicalId: string, code: Properties | undefined): string {
  const key = code?.S3Key === undefined ? undefined : resolver.text(code.S3Key);
  const path = key === undefined ? undefined : stack.assets.get(key);
  if (path === undefined || !existsSync(path) || !statSync(path).isDirectory()) {
    throw damaged(stack, `the code of function ${logicalId} (${key ?? 'not an asset'}) is not in the assembly as a folder${path === undefined ? '' : `: "${path}"`}`);
  }
  return path;
}

export function readCrawler(stack: AssemblyStack, resolver: Resolver, logicalId: string): Crawler {
  const properties = propertiesOf(stack, logicalId, 'AWS::Glue::Crawler');
  const targets = resolver.resolve(properties.Targets) as { S3Targets?: readonly { Path?: string }[] } | undefined;
  const target = /^(?:s3:\/\/)?([^/]+)\/(.+?)\/?$/.exec(targets?.S3Targets?.[0]?.Path ?? '');
  if (target === null) {
    throw damaged(stack, `crawler ${logicalId} has no S3 target with a prefix`);
  }
  return {
    logicalId,
    name: localNameOf(resolver, logicalId),
    database: resolver.text(properties.DatabaseName),
    bucket: target[1],
    prefix: `${target[2]}/`,
    tableLevel: tableLevelOf(stack, logicalId, resolver.resolve(properties.Configuration)),
  };
}

function tableLevelOf(stack: AssemblyStack, logicalId: string, configuration: unknown): number | undefined {
  if (configuration === undefined) {
    return undefined;
  }
  try {
    const parsed = (typeof configuration === 'string' ? JSON.parse(configuration) : configuration) as { Grouping?: { TableLevelConfiguration?: number } };
    return parsed.Grouping?.TableLevelConfiguration;
  } catch (error) {
    throw damaged(stack, `the configuration of crawler ${logicalId} is no JSON: ${messageOf(error)}`);
  }
}

export function readWorkgroup(stack: AssemblyStack, resolver: Resolver, logicalId: string): Workgroup {
  propertiesOf(stack, logicalId, 'AWS::Athena::WorkGroup');
  const name = localNameOf(resolver, logicalId);
  return { logicalId, name, queries: readNamedQueries(stack, resolver, name) };
}

function readNamedQueries(stack: AssemblyStack, resolver: Resolver, workgroup: string): NamedQuery[] {
  return Object.entries(stack.template.Resources ?? {})
    .filter(([, resource]) => resource.Type === 'AWS::Athena::NamedQuery')
    .map(([logicalId, resource]) => ({ logicalId, properties: resource.Properties ?? {} }))
    .filter(({ properties }) => properties.WorkGroup !== undefined && resolver.resolve(properties.WorkGroup) === workgroup)
    .map(({ logicalId, properties }) => ({
      logicalId,
      name: resolver.text(properties.Name ?? ''),
      database: resolver.text(properties.Database ?? ''),
      sql: resolver.text(properties.QueryString ?? ''),
      description: properties.Description === undefined ? undefined : resolver.text(properties.Description),
    }));
}

/** @param sources the functions of sources, which are read already. */
export function readWorkflow(stack: AssemblyStack, resolver: Resolver, logicalId: string, sources: readonly LambdaFunction[]): Workflow {
  const properties = propertiesOf(stack, logicalId, 'AWS::StepFunctions::StateMachine');
  const text = resolver.text(properties.DefinitionString ?? '');
  return {
    logicalId,
    arn: localArnOf(resolver, logicalId),
    definition: readDefinition(stack, logicalId, text),
    functions: [...sources, ...otherFunctions(stack, resolver, text, sources)],
  };
}

/** The functions whose ARN stands in a definition. */
function otherFunctions(stack: AssemblyStack, resolver: Resolver, definition: string, known: readonly LambdaFunction[]): LambdaFunction[] {
  return Object.entries(stack.template.Resources ?? {})
    .filter(([logicalId, { Type }]) => Type === 'AWS::Lambda::Function' && known.every((one) => one.logicalId !== logicalId))
    .filter(([logicalId]) => definition.includes(`"${localArnOf(resolver, logicalId)}"`))
    .map(([logicalId]) => readFunction(stack, resolver, logicalId));
}

function readDefinition(stack: AssemblyStack, logicalId: string, definition: string): unknown {
  try {
    return JSON.parse(definition);
  } catch (error) {
    throw damaged(stack, `the definition of state machine ${logicalId} is no JSON: ${messageOf(error)}`);
  }
}

export function localArnOf(resolver: Resolver, logicalId: string): string {
  const resource = resolver.resource(logicalId);
  return resource === undefined ? logicalId : localArn(resource);
}

function localNameOf(resolver: Resolver, logicalId: string): string {
  const resource = resolver.resource(logicalId);
  return resource === undefined ? logicalId : localName(resource);
}

export function propertiesOf(stack: AssemblyStack, logicalId: string, type: string): Properties {
  const resource = stack.template.Resources?.[logicalId];
  if (resource?.Type !== type) {
    throw damaged(stack, `the manifest names ${logicalId} as an ${type}, the template has ${resource?.Type ?? 'no such resource'}`);
  }
  return resource.Properties ?? {};
}

export const damaged = (stack: AssemblyStack, why: string) =>
  new CommandError('ASSEMBLY_UNREADABLE', `stack "${stack.id}": ${why}`, {
    hint: 'synthesize the app again with `npx cdk synth`',
    details: { stack: stack.id, path: stack.templatePath },
  });
