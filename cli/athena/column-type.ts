import { HiveType } from '../../src/spec/hive-type';

const DUCKDB: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  binary: 'BLOB',
};

export const quoted = (name: string) => `"${name.replace(/"/g, '""')}"`;

export const literal = (text: string) => `'${text.replace(/'/g, "''")}'`;

/** DuckDB's notation of a column type; nested names are lower case, as Athena shows them. */
export function duckdbType(type: HiveType): string {
  switch (type.kind) {
    case 'primitive': return DUCKDB[type.name];
    case 'decimal': return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'array': return `${duckdbType(type.element)}[]`;
    case 'map': return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case 'struct': return `STRUCT(${type.fields.map((field) => `${quoted(field.name.toLowerCase())} ${duckdbType(field.type)}`).join(', ')})`;
  }
}
