import { QualityRule } from './quality-rule';
import { columnsOf } from './rule-spec';
import { TableColumn } from '../catalog/table-column';
import { Problems } from '../core/problems';
import { Source } from '../extraction/source';
import { HiveType, parseHiveType } from '../spec/hive-type';
import { PARTITION_KEY } from '../spec/object-keys';

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

/** Checks the columns that rules name against those of a declared table. */
export function checkDeclaredColumns(table: string, columns: readonly TableColumn[], rules: readonly QualityRule[], problems: Problems): void {
  const row: HiveType = { kind: 'struct', fields: [...columns, { name: PARTITION_KEY, type: 'string' }].map(({ name, type }) => ({ name, type: parseHiveType(type) })) };
  for (const rule of rules) {
    for (const column of columnsOf(rule._spec)) {
      problems.check(leadsSomewhere(row, column.toLowerCase().split('.')), `quality.${table}.${rule.name}`, column,
        `the table declares no such column; it has ${columns.map(({ name }) => name).join(', ')}`);
    }
  }
}

function leadsSomewhere(type: HiveType, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined || type.kind === 'map') {
    return true;
  }
  const field = type.kind === 'struct' ? type.fields.find((one) => one.name.toLowerCase() === name) : undefined;
  return field !== undefined && leadsSomewhere(field.type, rest);
}
