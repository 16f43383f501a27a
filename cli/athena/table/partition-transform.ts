import { bucketOf } from './bucket-hash';
import { HiveType, hiveTypeText, parseHiveType } from '../../../src/spec/hive-type';
import { AthenaQueryError, Position } from '../athena-error';
import { quoted } from '../column-type';

/** One field of a table's partition spec (Iceberg specification, "Partition Transforms"). */
export interface PartitionTransform {
  readonly kind: 'identity' | 'year' | 'month' | 'day' | 'hour' | 'bucket' | 'truncate';
  readonly column: string;
  /** Buckets, or the width. */
  readonly width?: number;
}

const DATES = ['date', 'timestamp'];
const TYPES: Readonly<Record<PartitionTransform['kind'], readonly string[]>> = {
  identity: ['boolean', 'int', 'bigint', 'float', 'double', 'string', 'binary', 'decimal', ...DATES],
  year: DATES,
  month: DATES,
  day: DATES,
  hour: ['timestamp'],
  bucket: ['int', 'bigint', 'string', 'decimal', ...DATES],
  truncate: ['int', 'bigint', 'string', 'decimal'],
};

/** Reads `day(ts)`, `bucket(16, id)` (Athena's DDL) or `bucket(id, 16)` (a CTAS property), which differ in the order of the two. */
export function parseTransform(text: string, position?: Position): PartitionTransform {
  const plain = /^\s*[`"]?([A-Za-z_][\w$]*)[`"]?\s*$/.exec(text);
  if (plain) {
    return { kind: 'identity', column: plain[1].toLowerCase() };
  }
  const match = /^\s*(year|month|day|hour|bucket|truncate)s?\s*\(\s*(?:(\d+)\s*,\s*)?[`"]?([A-Za-z_][\w$]*)[`"]?\s*(?:,\s*(\d+)\s*)?\)\s*$/i.exec(text);
  const kind = match?.[1].toLowerCase() as PartitionTransform['kind'] | undefined;
  const sized = kind === 'bucket' || kind === 'truncate';
  const width = match?.[2] ?? match?.[4];
  if (!match || !kind || sized !== (width !== undefined) || (match[2] && match[4]) || width === '0') {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `"${text}" is no partition transform: write column, year(column), month(column), day(column), hour(column), bucket(n, column) or truncate(n, column)`, position);
  }
  return { kind, column: match[3].toLowerCase(), ...width === undefined ? {} : { width: Number(width) } };
}

/** As Athena's DDL writes it. */
export const transformText = ({ kind, column, width }: PartitionTransform): string =>
  (kind === 'identity' ? `\`${column}\`` : `${kind}(${width === undefined ? '' : `${width}, `}\`${column}\`)`);

/** @throws AthenaQueryError when a transform names no column, or one whose type it does not take. */
export function checkTransforms(
  transforms: readonly PartitionTransform[], columns: readonly { readonly name: string; readonly type: string }[], position?: Position,
): void {
  for (const { kind, column } of transforms) {
    const found = columns.find(({ name }) => name === column);
    if (!found) {
      throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `Unknown partition column '${column}': the table has ${columns.map(({ name }) => name).join(', ')}`, position);
    }
    const type = parseHiveType(found.type);
    if (!TYPES[kind].includes(baseName(type))) {
      throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `column '${column}' of type ${hiveTypeText(type)} cannot be partitioned by ${kind} (takes ${TYPES[kind].join(', ')})`, position);
    }
  }
}

const baseName = (type: HiveType) => (type.kind === 'primitive' ? type.name : type.kind);

/** DuckDB expression with one value a partition; for a bucket the column itself, which {@link partitionKey} hashes. */
export function transformSql({ kind, column, width }: PartitionTransform): string {
  const name = quoted(column);
  switch (kind) {
    case 'identity': case 'bucket': return name;
    case 'truncate': return `CASE WHEN typeof(${name}) = 'VARCHAR' THEN substring(CAST(${name} AS VARCHAR), 1, ${width}) `
      + `ELSE CAST(floor(TRY_CAST(CAST(${name} AS VARCHAR) AS DOUBLE) / ${width}) AS VARCHAR) END`;
    default: return `date_trunc('${kind}', ${name})`;
  }
}

/** The partition of a row by the values of its transforms; null is a partition of its own. */
export const partitionKey = (transforms: readonly PartitionTransform[], values: readonly (string | null)[], types: readonly string[]): string =>
  JSON.stringify(values.map((value, i) => (transforms[i].kind === 'bucket' && value !== null ? bucketOf(value, types[i], transforms[i].width ?? 1) : value)));
