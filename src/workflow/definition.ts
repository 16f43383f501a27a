import { inOrder, jsonata, literal, States, Step } from './asl';
import { CatalogueNeeds, catalogueStep } from './steps/catalogue';
import { claimStep } from './steps/claim';
import { failurePath } from './steps/failure';
import { gatherStep } from './steps/gather';
import { identifyStep } from './steps/identify';
import { lineageSteps, timed } from './steps/lineage';
import { metricsSteps } from './steps/metrics';
import { noticeStep } from './steps/notice';
import { qualityStep } from './steps/quality';
import { requestStep } from './steps/request';
import { transformsStep } from './steps/transforms';
import { SourcePlan } from '../spec/workflow-plan';

/** What the definition takes from the resources around it. */
export interface DefinitionParts {
  readonly partition: string;
  /** Dimension of the metrics. */
  readonly pipelineName: string;
  readonly catalogFunctionArn: string;
  readonly topicArn: string;
  /** Absent: no lineage is told. */
  readonly lineageFunctionArn?: string;
  readonly plans: readonly SourcePlan[];
}

const SUCCEEDED = 'Succeeded';

/** The workflow in Amazon States Language. */
export function workflowDefinition(parts: DefinitionParts): Record<string, unknown> {
  const { partition, plans } = parts;
  const metrics = metricsSteps(partition, parts.pipelineName);
  const lineage = parts.lineageFunctionArn === undefined ? undefined : lineageSteps(partition, parts.lineageFunctionArn);
  const noted = lineage ? timed : (step: Step) => step; // only lineage asks when a step was over
  const withBackfill = plans.some((plan) => plan.backfill !== undefined);
  const steps: Step[] = [
    requestStep(partition, parts.catalogFunctionArn, withBackfill),
    identifyStep,
    claimStep(partition),
    ...(lineage ? [lineage.start] : []),
    noted(gatherStep(partition, parts.catalogFunctionArn, withBackfill), 'extract'),
    noted(catalogueStep(partition, parts.catalogFunctionArn, catalogueNeeds(plans)), 'catalogue'),
    // A step that no source needs would be a permission that the role does not have.
    ...(plans.some((plan) => plan.quality) ? [noted(qualityStep(partition, plans.some((plan) => plan.quality?.evaluation)), 'quality')] : []),
    ...(plans.some((plan) => plan.transforms.length > 0) ? [noted(transformsStep(partition, parts.catalogFunctionArn), 'transforms')] : []),
    noticeStep(partition),
    ...(lineage ? [lineage.complete] : []),
    metrics.complete,
  ];
  return {
    Comment: 'Runs one source: extract, catalogue, check, transform, tell. Made by cdk-data-lake-pipeline.',
    QueryLanguage: 'JSONata',
    StartAt: 'Choose the source',
    States: {
      ...chooseSource(plans, steps[0].entry),
      ...inOrder(steps, SUCCEEDED),
      [SUCCEEDED]: {
        Type: 'Succeed',
        Output: {
          source: jsonata('$plan.source'),
          runId: jsonata('$run.runId'),
          result: jsonata('$result'),
          quality: jsonata('$quality'),
          transforms: jsonata('$transforms'),
        },
      },
      ...failurePath(partition, parts.topicArn, [...(lineage ? [lineage.fail] : []), metrics.fail]),
    },
  };
}

const catalogueNeeds = (plans: readonly SourcePlan[]): CatalogueNeeds => ({
  crawled: plans.some(({ catalogue }) => catalogue.strategy !== 'explicit'),
  declared: plans.some(({ catalogue }) => catalogue.strategy === 'explicit'),
});

/** A state's name takes 80 characters, a source's 100. */
const planStateName = (source: string, position: number) => (source.length <= 70 ? `Plan of ${source}` : `Plan of ${source.slice(0, 60)} ${position}`);

function chooseSource(plans: readonly SourcePlan[], next: string): States {
  const name = (plan: SourcePlan) => planStateName(plan.source, plans.indexOf(plan));
  const known = plans.map((plan) => plan.source).join(', ');
  return {
    'Choose the source': {
      Type: 'Choice',
      Choices: plans.map((plan) => ({ Condition: jsonata(`$states.input.source = ${literal(plan.source)}`), Next: name(plan) })),
      Default: 'Unknown source',
    },
    'Unknown source': {
      Type: 'Fail',
      Error: 'SOURCE_UNKNOWN',
      Cause: jsonata(`'got ' & $string($states.input) & '; start with {"source": "NAME"}, NAME one of: ${known}'`),
    },
    ...Object.fromEntries(plans.map((plan) => [name(plan), { Type: 'Pass', Assign: { plan, quality: [], transforms: [] }, Next: next }])),
  };
}
