import { LakeModel, Pipeline, Source, StackGovernance } from './lake-model';
import { localRegion } from './pseudo-parameters';
import { Assembly, AssemblyStack } from './read-assembly';
import { readBoundaries } from './read-boundaries';
import { readCustomFunction } from './read-custom-function';
import { readDeclaredTable } from './read-declared-table';
import { readGovernance } from './read-governance';
import { readCrawler, readFunction, readWorkflow, readWorkgroup } from './read-resources';
import { Resolver } from './resolver';
import { LakeManifest, MANIFEST_KEY, MANIFEST_VERSION, SourceManifest } from '../../src/spec/lake-manifest';
import { CommandError } from '../errors';

/**
 * Finds the pipelines of an assembly.
 *
 * @throws CommandError when a pipeline's manifest is of another version or names what the template does not hold.
 */
export function readModel(assembly: Assembly): LakeModel {
  const scopes: readonly Scope[] = assembly.stacks.map((stack) => ({ stack, resolver: resolverOf(stack, (name) => importValue(scopes, name)) }));
  return {
    pipelines: scopes.flatMap(({ stack, resolver }) => readPipelines(stack, resolver, readGovernance(stack, assembly))),
    missingContext: assembly.missingContext,
  };
}

interface Scope {
  readonly stack: AssemblyStack;
  readonly resolver: Resolver;
}

const resolverOf = (stack: AssemblyStack, importFrom: (name: string) => unknown) => new Resolver({
  stackName: stack.stackName,
  template: stack.template,
  region: stack.region ?? localRegion(),
  importValue: importFrom,
});

function importValue(scopes: readonly Scope[], name: string): unknown {
  for (const { stack, resolver } of scopes) {
    for (const output of Object.values(stack.template.Outputs ?? {})) {
      if (output.Export?.Name !== undefined && resolver.resolve(output.Export.Name) === name) {
        return resolver.resolve(output.Value);
      }
    }
  }
  throw new CommandError('UNRESOLVED_VALUE', `no stack of the app exports "${name}", so it has no value before deployment`);
}

function readPipelines(stack: AssemblyStack, resolver: Resolver, governance: StackGovernance | undefined): Pipeline[] {
  const manifest = stack.template.Metadata?.[MANIFEST_KEY];
  if (manifest === undefined) {
    return [];
  }
  const { version, pipelines } = manifest as LakeManifest;
  if (version !== MANIFEST_VERSION || typeof pipelines !== 'object') {
    throw new CommandError(
      'MANIFEST_VERSION',
      `stack "${stack.id}" was synthesized by another version of cdk-data-lake-pipeline: `
      + `its manifest has version ${JSON.stringify(version)}, this command reads version ${MANIFEST_VERSION}`,
      { hint: 'use the `datalake` command of the package that the app uses (`npx datalake`), and synthesize again', details: { stack: stack.id } },
    );
  }
  return Object.entries(pipelines).map(([path, pipeline]) => {
    const sources = pipeline.sources.map((source) => readSource(stack, resolver, source));
    return {
      path,
      stack: { id: stack.id, name: stack.stackName, account: stack.account, region: stack.region, governance, boundaries: readBoundaries(stack) },
      sources,
      workgroup: readWorkgroup(stack, resolver, pipeline.workgroup),
      ...(pipeline.upkeep !== undefined && { upkeep: readWorkflow(stack, resolver, pipeline.upkeep, []) }),
      workflow: readWorkflow(stack, resolver, pipeline.stateMachine, sources.map((source) => source.function)),
    };
  });
}

function readSource(stack: AssemblyStack, resolver: Resolver, source: SourceManifest): Source {
  const crawler = source.crawler === undefined ? undefined : readCrawler(stack, resolver, source.crawler);
  return {
    name: source.name,
    function: source.custom ? readCustomFunction(stack, resolver, source) : readFunction(stack, resolver, source.function!),
    custom: source.custom === true,
    table: crawler ?? readDeclaredTable(stack, resolver, source.table!),
    crawler,
    parent: source.parent,
    followsParent: source.followsParent === true,
  };
}
