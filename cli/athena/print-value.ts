import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { AthenaQueryError, notSupported } from './athena-error';
import { TimestampDigits } from './timestamp-digits';

/** Type ids of DuckDB, and the names that Athena's ColumnInfo gives the same types. */
const NAMES: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  HUGEINT: 'bigint',
  FLOAT: 'float',
  DOUBLE: 'double',
  VARCHAR: 'varchar',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  SQLNULL: 'unknown',
};

/** The name of a column's type in Athena's result. */
export function athenaType(type: DuckDBType): string {
  const text = type.toString();
  if (type.alias === 'JSON') {
    return 'json';
  }
  const compound = /^(DECIMAL|STRUCT|MAP)\(|(\[\])$/.exec(text);
  const name = compound ? { DECIMAL: 'decimal', STRUCT: 'row', MAP: 'map' }[compound[1]] ?? 'array' : text === 'TIMESTAMP WITH TIME ZONE' ? 'timestamp with time zone' : NAMES[text];
  if (!name) {
    throw notSupported(`a result of the type ${text}`);
  }
  return text.endsWith('[]') ? 'array' : name;
}

/** Precision and scale of a decimal; nothing for another type. */
export function decimalDigits(type: DuckDBType): { precision: number; scale: number } | undefined {
  const match = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type.toString());
  return match ? { precision: Number(match[1]), scale: Number(match[2]) } : undefined;
}

const LONG_RANGE = 2n ** 63n;

/** A value as Athena's GetQueryResults prints it; null is a value of its own at the top, and the text inside others. */
export function printValue(value: DuckDBValue, type: DuckDBType, digits: TimestampDigits = 3): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  switch (typeof value) {
    case 'number': return type.toString() === 'DOUBLE' ? doubleText(value) : type.toString() === 'FLOAT' ? floatText(value) : String(value);
    case 'bigint': return longText(value);
    case 'boolean': case 'string': return String(value);
  }
  const compound = value as { items?: readonly DuckDBValue[]; entries?: unknown; toString(): string };
  if (Array.isArray(compound.items)) {
    const element = (type as unknown as { valueType: DuckDBType }).valueType;
    return `[${compound.items.map((item) => printValue(item, element, digits) ?? 'null').join(', ')}]`;
  }
  if (Array.isArray(compound.entries)) {
    const { keyType, valueType } = type as unknown as { keyType: DuckDBType; valueType: DuckDBType };
    const entries = compound.entries as { key: DuckDBValue; value: DuckDBValue }[];
    return `{${entries.map((entry) => `${printValue(entry.key, keyType, digits)}=${printValue(entry.value, valueType, digits) ?? 'null'}`).join(', ')}}`;
  }
  if (typeof compound.entries === 'object') {
    const { entryNames, entryTypes } = type as unknown as { entryNames: string[]; entryTypes: DuckDBType[] };
    const entries = compound.entries as Record<string, DuckDBValue>;
    if (entryNames.includes('')) {
      throw notSupported('a row whose fields have no names, as a result (cast it: CAST(ROW(...) AS row(a integer, ...)))');
    }
    return `{${entryNames.map((name, i) => `${name}=${printValue(entries[name], entryTypes[i], digits) ?? 'null'}`).join(', ')}}`;
  }
  return scalarText(compound, type, digits);
}

function scalarText(value: { toString(): string }, type: DuckDBType, digits: TimestampDigits): string {
  const name = type.toString();
  if (name === 'TIMESTAMP' || name === 'TIMESTAMP WITH TIME ZONE') {
    const { micros } = value as unknown as { micros: bigint };
    const beyond = ((micros % 1000n) + 1000n) % 1000n;
    const text = new Date(Number((micros - beyond) / 1000n)).toISOString().replace('T', ' ').replace('Z', '');
    return name === 'TIMESTAMP' ? text + (digits === 6 ? String(beyond).padStart(3, '0') : '') : `${text} UTC`;
  }
  return value.toString();
}

function longText(value: bigint): string {
  if (value >= LONG_RANGE || value < -LONG_RANGE) {
    throw new AthenaQueryError('NUMERIC_VALUE_OUT_OF_RANGE', `bigint addition overflow: ${value}`);
  }
  return value.toString();
}

/** Java's Double.toString: `1.0`, `0.1`, `1.0E10`, `1.0E-4`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  if (value === 0) {
    return Object.is(value, -0) ? '-0.0' : '0.0';
  }
  return javaText(value < 0, Math.abs(value).toExponential());
}

/** The shortest text that names the same 32-bit number. */
function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) {
    return doubleText(value);
  }
  for (let digits = 0; digits < 9; digits++) {
    const text = Math.abs(value).toExponential(digits);
    if (Math.fround(Number(text)) === Math.abs(value)) {
      return javaText(value < 0, text.replace(/\.?0+e/, 'e'));
    }
  }
  return doubleText(value);
}

function javaText(negative: boolean, exponential: string): string {
  const [mantissa, exponentText] = exponential.split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  let text: string;
  if (exponent >= 7 || exponent < -3) {
    text = `${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  } else if (exponent < 0) {
    text = `0.${'0'.repeat(-exponent - 1)}${digits}`;
  } else {
    text = `${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`;
  }
  return (negative ? '-' : '') + text;
}
