import { SourcePlan, WorkflowVariables } from '../../../src/spec/workflow-plan';
import { HistoryEvent } from '../../workflow';

/** What the workflow's contract says of its variables, as far as they have been assigned. */
export type Variables = Partial<WorkflowVariables & { readonly plan: SourcePlan }>;

/** The variables after an event. */
export const assignedBy = (variables: Variables, event: HistoryEvent): Variables =>
  ('assigned' in event && event.assigned !== undefined ? { ...variables, ...event.assigned as Variables } : variables);
