import { SourcePlan } from '../../src/spec/workflow-plan';
import { Selected } from '../assembly/lake-model';

interface States {
  readonly States?: Readonly<Record<string, { readonly Assign?: { readonly plan?: Partial<SourcePlan> } }>>;
}

/** What a pipeline's workflow knows of a source. */
export function planOf({ pipeline, source }: Selected): Partial<SourcePlan> {
  const states = Object.values((pipeline.workflow.definition as States).States ?? {});
  return states.map(({ Assign }) => Assign?.plan).find((plan) => plan?.source === source.name) ?? {};
}
