import { Column } from './curated-table';
import { HiveType, parseHiveType } from '../../../src/spec/hive-type';
import { QueryColumn } from '../../../src/spec/transform-request';
import { RUN_ID_COLUMN, TransformPlan } from '../../../src/spec/workflow-plan';

const PRIMITIVES: Readonly<Record<string, string>> = {
  varchar: 'string',
  char: 'string',
  boolean: 'boolean',
  tinyint: 'int', // Iceberg has none narrower
  smallint: 'int',
  integer: 'int',
  bigint: 'bigint',
  real: 'float',
  float: 'float',
  double: 'double',
  date: 'date',
  timestamp: 'timestamp',
  varbinary: 'binary',
};

/** What Athena tells only in part, and how a declaration of each looks. */
const DECLARABLE: Readonly<Record<string, string>> = {
  array: 'array<string>',
  map: 'map<string,string>',
  row: 'struct<name:string>',
  decimal: 'decimal(38,0)',
};

/** Types that a column can be partitioned by: their text is the same wherever it is made. */
const PARTITION_TYPES = ['string', 'int', 'bigint', 'boolean', 'date'];

/**
 * The columns of a query's result, as a table's. What Athena tells too little of (lists, maps, rows) the transform declares.
 *
 * @throws Error for a column without a name, a name that comes twice, a type that no table has.
 */
export function queryColumns(result: readonly QueryColumn[], { columns: declared, mode, partitionBy }: TransformPlan): Column[] {
  const columns = result.map((info) => columnOf(info, declared));
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  const named = { columns: Object.keys(declared), partitionBy, key: mode.type === 'merge' ? mode.key : [], latestBy: mode.type === 'merge' ? [mode.latestBy] : [] };
  if (twice !== undefined) {
    throw new Error(`the query yields two columns ${twice}; give one another name with AS`);
  }
  for (const [property, wanted] of Object.entries(named)) {
    const missing = wanted.find((name) => !names.includes(name));
    if (missing !== undefined) {
      throw new Error(`${property} names ${missing}, which is no column of the query; it yields ${names.join(', ')}`);
    }
  }
  partitionBy.forEach((name) => checkPartition(name, columns));
  return columns;
}

function columnOf({ Name, Type = '', Precision, Scale }: QueryColumn, declared: Readonly<Record<string, string>>): Column {
  const name = (Name ?? '').toLowerCase();
  if (name === '' || /^_col\d+$/.test(name)) {
    throw new Error('the query yields a column without a name; name every expression with AS');
  }
  if (name === RUN_ID_COLUMN) {
    throw new Error(`the query yields a column ${RUN_ID_COLUMN}, which the table has by itself; leave it out, or name it otherwise`);
  }
  const known = declared[name];
  return { name, type: known !== undefined ? parseHiveType(known) : typeOf(name, Type, Precision, Scale) };
}

function typeOf(name: string, type: string, precision: number | undefined, scale: number | undefined): HiveType {
  const primitive = PRIMITIVES[type.toLowerCase()];
  if (primitive !== undefined) {
    return parseHiveType(primitive);
  }
  if (type.toLowerCase() === 'decimal' && precision) {
    return { kind: 'decimal', precision, scale: scale ?? 0 };
  }
  const declarable = DECLARABLE[type.toLowerCase().replace(/\(.*/, '')];
  const fix = declarable !== undefined ? `declare its type: columns: { ${name}: '${declarable}' }`
    : /time zone/i.test(type) ? 'CAST it AS timestamp: no column holds a time zone'
      : 'CAST it to a type that a table can have, such as varchar';
  throw new Error(`column ${name} of the query is of the type ${type || 'unknown'}; ${fix}`);
}

function checkPartition(name: string, columns: readonly Column[]): void {
  const type = columns.find((column) => column.name === name)?.type;
  if (type?.kind !== 'primitive' || !PARTITION_TYPES.includes(type.name)) {
    throw new Error(`partitionBy names ${name}, whose type no partition can have; CAST it in the query to varchar, integer, bigint, boolean or date`);
  }
}
