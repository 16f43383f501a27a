import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from './template';
import { CommandError, errnoOf, messageOf } from '../errors';

/** A stack of an assembly, whatever stage it stands in. */
export interface AssemblyStack {
  /** The name the CDK shows, `Stage/Stack`: what `--stack` takes. */
  readonly id: string;
  readonly stackName: string;
  /** Undefined when the app is environment-agnostic. */
  readonly account?: string;
  readonly region?: string;
  /** Role that CloudFormation deploys with, as the CDK writes it. */
  readonly deployingRole?: string;
  readonly template: Template;
  readonly templatePath: string;
  /** Folder or file of an asset by the object key that the template names. */
  readonly assets: ReadonlyMap<string, string>;
}

export interface Assembly {
  readonly directory: string;
  readonly stacks: readonly AssemblyStack[];
  /** Context lookups that the app still waits for: its templates hold dummy values there. */
  readonly missingContext: readonly string[];
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly directoryName?: string;
    readonly file?: string;
    readonly cloudFormationExecutionRoleArn?: string;
  };
}

interface Manifest {
  readonly version: string;
  readonly artifacts?: Readonly<Record<string, Artifact>>;
  readonly missing?: readonly { readonly key?: string }[];
}

/**
 * Reads a cloud assembly with the assemblies of its stages.
 *
 * @throws CommandError `ASSEMBLY_UNREADABLE` when the folder is no assembly, or a damaged one.
 */
export function readAssembly(directory: string): Assembly {
  const manifest = readManifest(directory);
  const artifacts = Object.entries(manifest.artifacts ?? {});
  const assets = new Map(artifacts.filter(([, one]) => one.type === 'cdk:asset-manifest').flatMap(([, one]) => [...readAssets(directory, one)]));
  const stacks: AssemblyStack[] = [];
  const missing = (manifest.missing ?? []).map((one) => String(one.key));
  for (const [id, artifact] of artifacts) {
    if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push(readStack(directory, id, artifact, assets));
    } else if (artifact.type === 'cdk:cloud-assembly') {
      const nested = readAssembly(join(directory, artifact.properties?.directoryName ?? ''));
      stacks.push(...nested.stacks);
      missing.push(...nested.missingContext);
    }
  }
  return { directory, stacks, missingContext: missing };
}

function readManifest(directory: string): Manifest {
  const path = join(directory, 'manifest.json');
  if (!existsSync(path)) {
    const what = existsSync(directory) ? `"${directory}" has no manifest.json, so it is no cloud assembly` : `there is no folder "${directory}"`;
    throw new CommandError('ASSEMBLY_UNREADABLE', what, { hint: 'synthesize it with `npx cdk synth`, or leave --assembly out', details: { path } });
  }
  const manifest = readJson<Manifest>(path);
  // The schema's version rises every few weeks without a change of what is read here, so it is not held to one.
  if (typeof manifest.version !== 'string' || typeof (manifest.artifacts ?? {}) !== 'object') {
    throw unreadable(path, 'it is no manifest of a cloud assembly');
  }
  return manifest;
}

function readStack(directory: string, id: string, artifact: Artifact, assets: ReadonlyMap<string, string>): AssemblyStack {
  const file = artifact.properties?.templateFile;
  if (file === undefined) {
    throw unreadable(join(directory, 'manifest.json'), `stack "${id}" names no template`);
  }
  const [account, region] = (/^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '') ?? []).slice(1);
  const templatePath = join(directory, file);
  const template = readJson<Template>(templatePath);
  return {
    id: artifact.displayName?.replace(/ \(.*\)$/, '') ?? id,
    stackName: artifact.properties?.stackName ?? id,
    account: account === 'unknown-account' ? undefined : account,
    region: region === 'unknown-region' ? undefined : region,
    deployingRole: artifact.properties?.cloudFormationExecutionRoleArn,
    template,
    templatePath,
    assets,
  };
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, {
    readonly source?: { readonly path?: string };
    readonly destinations?: Readonly<Record<string, { readonly objectKey?: string }>>;
  }>>;
}

function* readAssets(directory: string, artifact: Artifact): Generator<[string, string]> {
  const manifest = readJson<AssetManifest>(join(directory, artifact.properties?.file ?? ''));
  for (const file of Object.values(manifest.files ?? {})) {
    for (const destination of Object.values(file.destinations ?? {})) {
      if (file.source?.path !== undefined && destination.objectKey !== undefined) {
        yield [destination.objectKey, join(directory, file.source.path)];
      }
    }
  }
}

/** Parses a JSON file of the assembly. */
export function readJson<T extends object>(path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, errnoOf(error) === 'ENOENT' ? 'the file is missing' : messageOf(error), error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(path, 'it holds no JSON object');
  }
  return value as T;
}

const unreadable = (path: string, why: string, cause?: unknown) =>
  new CommandError('ASSEMBLY_UNREADABLE', `cannot read "${path}": ${why}`, {
    hint: 'synthesize the app again with `npx cdk synth`',
    details: { path },
    cause,
  });

/** Whether a path is a folder that holds a cloud assembly. */
export const isAssembly = (path: string): boolean =>
  existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, 'manifest.json'));
