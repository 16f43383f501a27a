import { PipelineSource } from './pipeline-source';
import { Source } from '../extraction/source';
import { PipelineWorkflow } from '../workflow/pipeline-workflow';
import { RunSchedule } from '../workflow/run-schedule';

/** What a pipeline lacks once all is added: a source at all, or a parent that a child asks for. A parent may be added after its child. */
export function missingSources(sources: readonly PipelineSource[]): string[] {
  if (sources.length === 0) {
    return ['sources: got none, and the pipeline has nothing to fill the lake with; pass sources, or call addSource'];
  }
  const own = sources.map((added) => added._source);
  return own.flatMap((source) => {
    const parent = source._options.parent?._source;
    return parent === undefined || own.includes(parent) ? []
      : [`sources.${source.name}.parent: got a source "${parent.name}" that the pipeline does not have; add that very Source to the pipeline too, so that there is something to read`];
  });
}

/** When a source runs by itself; a child without a schedule of its own runs as often as its parent. */
export function scheduleOf({ _options: { schedule, parent } }: Source): RunSchedule | undefined {
  return schedule ?? (parent && scheduleOf(parent._source));
}

/** A child without a schedule of its own runs after its parent; either may be added first. */
export function followParents(workflow: PipelineWorkflow, sources: readonly PipelineSource[], added: Source): void {
  const own = sources.map(({ _source }) => _source);
  for (const child of own) {
    const { parent, schedule } = child._options;
    const isNew = parent !== undefined && own.includes(parent._source) && [child, parent._source].includes(added);
    if (isNew && schedule === undefined) {
      workflow.startAfter(child.name, { workflow, source: parent._source.name });
    }
  }
}
