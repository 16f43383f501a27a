import { CfnElement, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { LakeManifest, MANIFEST_KEY, MANIFEST_VERSION, PipelineManifest } from '../spec/lake-manifest';

/** The resources of a pipeline that the `datalake` command works with. */
export interface ManifestedPipeline {
  readonly workgroup: CfnElement;
  readonly sources: readonly { readonly name: string; readonly function: CfnElement; readonly crawler: CfnElement; readonly parent?: string }[];
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

function entry({ workgroup, sources }: ManifestedPipeline): PipelineManifest {
  return {
    workgroup: workgroup.logicalId,
    sources: sources.map(({ name, parent, ...resources }) => ({
      name, function: resources.function.logicalId, crawler: resources.crawler.logicalId, ...(parent !== undefined && { parent }),
    })),
  };
}
