import { Token } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { LakeReadOptions } from './access-options';
import { Comparison, ConstantKind, MAX_ROW_FILTER, parseRowFilter } from './row-filter';
import { isToken } from '../core/checks';
import { Problems } from '../core/problems';
import { HiveType, parseHiveType } from '../spec/hive-type';

/** A table that stands in the template, as far as it can be read there. */
export interface DeclaredTable {
  readonly resource: glue.CfnTable;
  readonly name: string;
  /** Types by name; undefined when they are known at deployment only. */
  readonly columns?: ReadonlyMap<string, string>;
  readonly partitionKeys?: ReadonlyMap<string, string>;
}

export function declaredTable(resource: glue.CfnTable): DeclaredTable {
  const input = resource.tableInput as glue.CfnTable.TableInputProperty;
  const storage = input.storageDescriptor as glue.CfnTable.StorageDescriptorProperty | undefined;
  return {
    resource,
    name: input.name ?? resource.ref,
    columns: typesOf(storage?.columns as glue.CfnTable.ColumnProperty[] | undefined),
    partitionKeys: typesOf(input.partitionKeys as glue.CfnTable.ColumnProperty[] | undefined ?? []),
  };
}

function typesOf(columns: glue.CfnTable.ColumnProperty[] | undefined): ReadonlyMap<string, string> | undefined {
  const known = Array.isArray(columns) && columns.every(({ name }) => !isToken(name));
  return known ? new Map(columns.map(({ name, type }) => [name.toLowerCase(), type ?? 'string'])) : undefined;
}

/** The rules of Lake Formation for what may be read of a table; each broken one is a problem. */
export function checkPart(table: DeclaredTable, { columns, excludedColumns, rowFilter }: LakeReadOptions, problems: Problems): void {
  problems.check(columns === undefined || excludedColumns === undefined, 'excludedColumns', excludedColumns, 'name either columns or excludedColumns');
  checkColumns(table, 'columns', columns, problems);
  checkColumns(table, 'excludedColumns', excludedColumns, problems);
  if (rowFilter !== undefined) {
    checkRowFilter(table, rowFilter, (columns ?? excludedColumns) !== undefined, problems);
  }
}

/** Columns that a grant or a tag names. */
export function checkColumns(table: DeclaredTable, property: string, columns: string[] | undefined, problems: Problems): void {
  if (columns === undefined || Token.isUnresolved(columns)) {
    return;
  }
  problems.check(columns.length > 0, property, columns, 'name at least one column, or leave it out');
  for (const column of columns) {
    if (table.partitionKeys?.has(column.toLowerCase())) {
      problems.add(property, column, `it is a partition key of ${table.name}: Lake Formation cannot hide or show it alone`);
    } else if (column.includes('.') && !table.columns?.has(column.toLowerCase())) {
      problems.add(property, column, `name a whole column of ${table.name}: fields within a column cannot be named here`);
    } else if (table.columns) {
      problems.check(table.columns.has(column.toLowerCase()), property, column, `${table.name} declares ${namesOf(table)}`);
    }
  }
}

const namesOf = ({ columns, partitionKeys }: DeclaredTable): string => [...columns!.keys(), ...partitionKeys?.keys() ?? []].join(', ');

function checkRowFilter(table: DeclaredTable, text: string, withColumns: boolean, problems: Problems): void {
  if (Token.isUnresolved(text)) {
    return;
  }
  problems.check(text.length < MAX_ROW_FILTER, 'rowFilter', `${text.length} characters`, `use less than ${MAX_ROW_FILTER}`);
  let comparisons: Comparison[];
  try {
    comparisons = parseRowFilter(text);
  } catch (error) {
    problems.add('rowFilter', text, (error as Error).message);
    return;
  }
  for (const comparison of comparisons) {
    const wrong = wrongWith(table, comparison, withColumns);
    if (wrong !== undefined) {
      problems.add('rowFilter', text, wrong);
    }
  }
}

function wrongWith(table: DeclaredTable, { path, operator, constants }: Comparison, withColumns: boolean): string | undefined {
  const name = path.join('.');
  if (withColumns && path.length > 1) {
    return `${name} stands within a column: a filter of rows and columns cannot look into it`;
  }
  if (table.columns === undefined || table.partitionKeys === undefined) {
    return undefined;
  }
  const isKey = table.partitionKeys.has(path[0]);
  const declared = table.columns.get(path[0]) ?? table.partitionKeys.get(path[0]);
  if (declared === undefined) {
    return `there is no column ${path[0]}; ${table.name} declares ${namesOf(table)}`;
  }
  if (isKey && operator === 'IS NULL') {
    return `${name} is a partition key: IS NULL is not for it`;
  }
  const type = fieldType(parseHiveType(declared), path.slice(1));
  const kind = type && kindOf(type);
  if (kind === undefined) {
    return type === undefined ? `${name} is no field of ${path[0]} (${declared})`
      : `${name} is of type ${declared}: row filters compare texts, numbers and booleans, no arrays, maps, dates or whole structs`;
  }
  if (operator === 'LIKE' && kind !== 'text') {
    return `${name} is a ${kind}: LIKE compares texts`;
  }
  return constants.every((constant) => constant === kind) ? undefined : `${name} is a ${kind}: compare it with a ${kind}`;
}

function fieldType(type: HiveType, [field, ...rest]: readonly string[]): HiveType | undefined {
  if (field === undefined) {
    return type;
  }
  const found = type.kind === 'struct' ? type.fields.find(({ name }) => name.toLowerCase() === field) : undefined;
  return found && fieldType(found.type, rest);
}

const KINDS: Readonly<Record<string, ConstantKind>> = {
  string: 'text', boolean: 'boolean', tinyint: 'number', smallint: 'number', int: 'number', bigint: 'number', float: 'number', double: 'number',
};

const kindOf = (type: HiveType): ConstantKind | undefined =>
  (type.kind === 'primitive' ? KINDS[type.name] : type.kind === 'decimal' ? 'number' : undefined);
