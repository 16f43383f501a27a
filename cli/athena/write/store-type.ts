import { QueryType } from './query-type';
import { HiveType, hiveTypeText } from '../../../src/spec/hive-type';
import { AthenaQueryError, notSupported, Position } from '../athena-error';
import { duckdbType, quoted } from '../column-type';

const NUMBERS = ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double'];
const MOMENTS = ['date', 'timestamp'];

const nameOf = (type: QueryType): string => (type.kind === 'primitive' ? type.name : type.kind);

const isNumber = (type: QueryType) => type.kind === 'decimal' || NUMBERS.includes(nameOf(type));

const isMoment = (type: QueryType) => MOMENTS.includes(nameOf(type)) || type.kind === 'timestamp with time zone';

/**
 * Whether a value may be stored in a column: numbers in numbers and moments in moments, rounded; anything else in its own type only.
 * Measured on Trino 483; rows match by position.
 */
export function canStore(from: QueryType, to: HiveType): boolean {
  if (from.kind === 'unknown') {
    return true;
  }
  if (isNumber(to) || isMoment(to)) {
    return isNumber(to) ? isNumber(from) : isMoment(from);
  }
  switch (to.kind) {
    case 'array': return from.kind === 'list' && canStore(from.element, to.element);
    case 'map': return from.kind === 'map' && canStore(from.key, to.key) && canStore(from.value, to.value);
    case 'struct': return from.kind === 'rows' && from.fields.length === to.fields.length && to.fields.every((field, i) => canStore(from.fields[i].type, field.type));
    default: return nameOf(from) === nameOf(to);
  }
}

/** DuckDB expression of a value as the column keeps it, rounded as Trino rounds. */
export function storeSql(value: string, from: QueryType, to: HiveType): string {
  const type = duckdbType(to);
  if (from.kind === 'unknown') {
    return `CAST(NULL AS ${type})`;
  }
  if (to.kind === 'decimal') {
    return `CAST(t_decimal_text(${value}) AS ${type})`;
  }
  if (to.kind === 'primitive' && ['int', 'bigint'].includes(to.name)) {
    return `t_cast_${to.name === 'int' ? 'integer' : 'bigint'}(${value})`;
  }
  if (to.kind === 'struct' && from.kind === 'rows') {
    const fields = to.fields.map((field, i) => `${quoted(field.name.toLowerCase())}: ${storeSql(`struct_extract_at(${value}, ${i + 1})`, from.fields[i].type, field.type)}`);
    return `CASE WHEN ${value} IS NULL THEN NULL ELSE {${fields.join(', ')}} END`;
  }
  if (to.kind === 'array' && from.kind === 'list') {
    return `CAST(list_transform(${value}, x -> ${storeSql('x', from.element, to.element)}) AS ${type})`;
  }
  return `CAST(${value} AS ${type})`;
}

/** A query's type as Trino names it in its messages. */
export function trinoName(type: QueryType): string {
  switch (type.kind) {
    case 'primitive': return { int: 'integer', string: 'varchar', float: 'real', binary: 'varbinary', timestamp: 'timestamp(6)' }[type.name as string] ?? type.name;
    case 'decimal': return `decimal(${type.precision},${type.scale})`;
    case 'list': case 'array': return `array(${trinoName(type.element)})`;
    case 'map': return `map(${trinoName(type.key)}, ${trinoName(type.value)})`;
    case 'rows': case 'struct': return `row(${type.fields.map((field) => `${field.name === '' ? '' : `"${field.name}" `}${trinoName(field.type)}`).join(', ')})`;
    default: return type.kind;
  }
}

/** What a column of a CREATE TABLE AS becomes in the catalogue. */
export function columnTypeOf(name: string, type: QueryType, position: Position): HiveType {
  switch (type.kind) {
    case 'unknown': throw new AthenaQueryError('COLUMN_TYPE_UNKNOWN', `Column type is unknown: ${name}`, position);
    case 'json': case 'timestamp with time zone': return unsupported(name, type, position);
    case 'list': return { kind: 'array', element: columnTypeOf(name, type.element, position) };
    case 'map': return { kind: 'map', key: columnTypeOf(name, type.key, position), value: columnTypeOf(name, type.value, position) };
    case 'rows':
      if (type.fields.some((field) => field.name === '')) {
        throw new AthenaQueryError('NOT_SUPPORTED', `Row type field does not have a name: column ${name} (cast it: CAST(ROW(...) AS row(a integer, ...)))`, position);
      }
      return { kind: 'struct', fields: type.fields.map((field) => ({ name: field.name, type: columnTypeOf(name, field.type, position) })) };
    default: return checkIcebergType(name, type, position);
  }
}

const unsupported = (name: string, type: QueryType, position: Position): never => {
  throw type.kind === 'timestamp with time zone'
    ? notSupported(`a table column of the type timestamp with time zone (column ${name}: cast it to timestamp(6))`, position)
    : new AthenaQueryError('NOT_SUPPORTED', `Type not supported for Iceberg: ${trinoName(type)} (column ${name}: cast it)`, position);
};

/** Iceberg knows no 8 and 16 bit integers (Athena user guide, "Iceberg data types"). */
export function checkIcebergType(name: string, type: HiveType, position: Position): HiveType {
  switch (type.kind) {
    case 'array': checkIcebergType(name, type.element, position); break;
    case 'map': checkIcebergType(name, type.key, position); checkIcebergType(name, type.value, position); break;
    case 'struct': type.fields.forEach((field) => checkIcebergType(name, field.type, position)); break;
    case 'decimal':
      if (type.precision < 1 || type.precision > 38 || type.scale > type.precision) {
        throw new AthenaQueryError('NOT_SUPPORTED', `column ${name}: ${hiveTypeText(type)} is no type: a decimal has 1 to 38 digits, the scale is no larger`, position);
      }
      break;
    default:
      if (type.name === 'tinyint' || type.name === 'smallint') {
        unsupported(name, type, position);
      }
  }
  return type;
}

/** Whether ALTER TABLE may change the one type into the other (Iceberg specification, "Schema Evolution"). */
export function widens(from: HiveType, to: HiveType): boolean {
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    return from.scale === to.scale && from.precision <= to.precision;
  }
  const pair = `${hiveTypeText(from)} ${hiveTypeText(to)}`;
  return hiveTypeText(from) === hiveTypeText(to) || pair === 'int bigint' || pair === 'float double';
}
