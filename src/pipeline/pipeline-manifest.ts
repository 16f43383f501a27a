import { CfnElement, Stack, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { LakeManifest, MANIFEST_KEY, MANIFEST_VERSION, PipelineManifest, SourceManifest } from '../spec/lake-manifest';

/** The resources of a pipeline that the `datalake` command works with. */
export interface ManifestedPipeline {
  readonly workgroup: CfnElement;
  readonly stateMachine: CfnElement;
  readonly upkeep?: CfnElement;
  readonly sources: readonly ManifestedSource[];
}

export interface ManifestedSource {
  readonly name: string;
  readonly function: lambda.IFunction;
  /** The function is the user's own. */
  readonly custom: boolean;
  readonly crawler?: CfnElement;
  /** The table that the template declares. */
  readonly table?: CfnElement;
  readonly parent?: string;
  /** A complete run of the parent starts it. */
  readonly followsParent: boolean;
}

/** Tells the `datalake` command about a pipeline, beside those that the template names already. */
export function addToManifest(pipeline: Construct, resources: ManifestedPipeline): void {
  const stack = Stack.of(pipeline);
  const known = stack.templateOptions.metadata?.[MANIFEST_KEY] as LakeManifest | undefined;
  const manifest: LakeManifest = {
    version: MANIFEST_VERSION,
    pipelines: { ...known?.pipelines, [pipeline.node.path]: entry(resources) },
  };
  stack.addMetadata(MANIFEST_KEY, manifest);
}

function entry({ workgroup, stateMachine, upkeep, sources }: ManifestedPipeline): PipelineManifest {
  return {
    workgroup: workgroup.logicalId,
    stateMachine: stateMachine.logicalId,
    ...(upkeep && { upkeep: upkeep.logicalId }),
    sources: sources.map((source) => ({
      name: source.name,
      ...functionEntry(source.function),
      ...(source.custom && { custom: true }),
      ...(source.crawler && { crawler: source.crawler.logicalId }),
      ...(source.table && { table: source.table.logicalId }),
      ...(source.parent !== undefined && { parent: source.parent }),
      ...(source.followsParent && { followsParent: true }),
    })),
  };
}

function functionEntry(fn: lambda.IFunction): Pick<SourceManifest, 'function' | 'importedFunction'> {
  if (fn.node.defaultChild instanceof lambda.CfnFunction) {
    return { function: fn.node.defaultChild.logicalId };
  }
  const known = Token.isUnresolved(fn.functionArn) ? nameIn(Stack.of(fn).resolve(fn.functionArn)) : fn.functionArn;
  return known === undefined ? {} : { importedFunction: known };
}

/** Of a function imported by its name, only region and account of the ARN are known at deployment. */
const nameIn = (arn: unknown): string | undefined => /:function:([A-Za-z0-9_-]+)"[\]}]*$/.exec(JSON.stringify(arn))?.[1];
