import { WorkflowSource } from './workflow-source';
import { Problems } from '../core/problems';

/** Checks what a source says by itself. */
export function checkWorkflowSource({ name, crawler, table, schedule }: WorkflowSource, problems: Problems): void {
  const at = (property: string) => `sources.${name}.${property}`;
  problems.check(crawler !== undefined || table !== undefined, at('crawler'), crawler, 'give a crawler, or a declared table');
  problems.check(crawler === undefined || table === undefined, at('table'), 'a table beside a crawler', 'leave one out: the crawler would change what the template declares');
  schedule?._check(problems, at('schedule'));
}
