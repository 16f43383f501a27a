import { Construct } from 'constructs';
import { LakeReadOptions } from './access-options';
import { Problems } from '../core/problems';

/** Whether someone with these options sees less than all. */
export const isPartial = (options: LakeReadOptions): boolean =>
  [options.table, options.columns, options.excludedColumns, options.rowFilter, options.tags].some((option) => option !== undefined);

/** IAM opens objects, and an object is a file of rows with all their columns. */
export function checkWithoutLakeFormation(lake: Construct, options: LakeReadOptions): void {
  const problems = new Problems(lake);
  for (const property of ['columns', 'excludedColumns', 'rowFilter', 'tags'] as const) {
    problems.check(options[property] === undefined, property, 'a part of a table under Governance.iam()',
      'IAM opens or closes whole tables: leave it out, or let Lake Formation govern the lake');
  }
  problems.throwIfAny();
}
