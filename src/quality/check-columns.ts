import { QualityRule } from './quality-rule';
import { columnsOf } from './rule-spec';
import { Problems } from '../core/problems';
import { Source } from '../extraction/source';

/** Checks the columns that rules name against the source's contract, where that tells all columns there are. */
export function checkColumns(source: Source, rules: readonly QualityRule[], problems: Problems): void {
  const { contract, transforms = [] } = source._options;
  if (contract === undefined || transforms.length > 0) {
    return;
  }
  for (const rule of rules) {
    for (const column of columnsOf(rule._spec)) {
      const declared = contract._undeclared(column);
      problems.check(declared === undefined, `quality.${source.name}.${rule.name}`, column, `the contract declares no such column; there it has ${declared?.join(', ')}`);
    }
  }
}
