import type { Table } from '@aws-sdk/client-glue';
import { HiveType, hiveTypeText, parseHiveType } from '../../../src/spec/hive-type';
import { quoteDdlName, sqlText } from '../../../src/spec/sql-text';
import { RUN_ID_COLUMN } from '../../../src/spec/workflow-plan';

export interface Column {
  readonly name: string;
  readonly type: HiveType;
}

/** Where the table stands, and how it is made. */
export interface CuratedTable {
  readonly database: string;
  readonly table: string;
  /** `s3://bucket/curated/table/` */
  readonly location: string;
  readonly partitionBy: readonly string[];
}

/**
 * The DDL that makes the table, or adds the columns that the query has and the table lacks; nothing if there is none.
 * Types stay: Iceberg would rewrite no old file.
 *
 * @throws Error for a table that is no Iceberg table, or a column whose type the query has changed.
 */
export function tableDdl(target: CuratedTable, columns: readonly Column[], existing: Table | undefined): string[] {
  const wanted: readonly Column[] = [...columns, { name: RUN_ID_COLUMN, type: { kind: 'primitive', name: 'string' } }];
  if (!existing) {
    return [createTable(target, wanted)];
  }
  const added = wanted.filter((column) => !checkColumn(target, column, existing));
  return added.length === 0 ? [] : [`ALTER TABLE ${ddlName(target)} ADD COLUMNS (${columnList(added)})`];
}

function createTable(target: CuratedTable, columns: readonly Column[]): string {
  const partitions = target.partitionBy.length > 0 ? `\nPARTITIONED BY (${target.partitionBy.map(quoteDdlName).join(', ')})` : '';
  return `CREATE TABLE IF NOT EXISTS ${ddlName(target)} (${columnList(columns)})${partitions}
LOCATION ${sqlText(target.location)}
TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet', 'write_compression'='zstd')`;
}

const ddlName = ({ database, table }: CuratedTable) => `${quoteDdlName(database)}.${quoteDdlName(table)}`;

const columnList = (columns: readonly Column[]) => columns.map(({ name, type }) => `${quoteDdlName(name)} ${hiveTypeText(type, quoteDdlName)}`).join(', ');

/** Whether the table has the column, of a type that holds what the query yields. */
function checkColumn(target: CuratedTable, { name, type }: Column, existing: Table): boolean {
  const known = currentColumns(target, existing).get(name);
  if (known === undefined) {
    return false;
  }
  if (!holds(parseHiveType(known), type)) {
    throw new Error(`table ${target.database}.${target.table}, column ${name}: was ${known}, the query now yields ${hiveTypeText(type)}; `
      + 'CAST it in the query to what it was, or give the column or the transform another name');
  }
  return true;
}

/** Glue keeps the columns that an Iceberg table has dropped, marked. */
function currentColumns(target: CuratedTable, existing: Table): ReadonlyMap<string, string> {
  if (existing.Parameters?.table_type?.toUpperCase() !== 'ICEBERG') {
    throw new Error(`table ${target.database}.${target.table}: there is a table of this name that is no Iceberg table; give the transform another name`);
  }
  const columns = (existing.StorageDescriptor?.Columns ?? []).filter((column) => column.Parameters?.['iceberg.field.current'] !== 'false');
  return new Map(columns.map((column) => [(column.Name ?? '').toLowerCase(), column.Type ?? '']));
}

const WIDTHS: Readonly<Record<string, readonly string[]>> = { int: ['int', 'bigint'], float: ['float', 'double'] };

/** Whether Trino puts values of a type into a column of another by itself, and loses nothing. */
function holds(column: HiveType, value: HiveType): boolean {
  if (column.kind === 'decimal' && value.kind === 'decimal') {
    return column.scale >= value.scale && column.precision - column.scale >= value.precision - value.scale;
  }
  if (column.kind === 'primitive' && value.kind === 'primitive') {
    return column.name === value.name || (WIDTHS[value.name] ?? []).includes(column.name);
  }
  return hiveTypeText(column).replace(/\s/g, '') === hiveTypeText(value);
}
