import { notSupported, Position } from './athena-error';
import { mysqlFormat } from './mysql-format';
import { call, constantText, Node, operator, text, whole } from './sql-ast';

interface Context {
  readonly inTry: boolean;
  position(): Position | undefined;
}

/** DuckDB's name for the same function, or what to put in its place. */
type Rule = string | ((node: Node, context: Context) => Node);

const children = (node: Node) => node.children as Node[];

const replaced = (node: Node, by: Node): Node => ({ ...by, alias: node.alias ?? '' });

/** A macro of the prelude; its `_try` variant yields NULL where the other fails. */
const macro = (name: string): Rule => (node, context) => replaced(node, call(context.inTry ? `${name}_try` : name, ...children(node)));

const rename = (name: string): Rule => (node) => ({ ...node, function_name: name, schema: '' });

const same = (...names: string[]): Record<string, Rule> => Object.fromEntries(names.map((name) => [name, name]));

/** The text of a constant argument, cast or not. */
function constantArgument(node: Node, index: number): string | undefined {
  const child = children(node)[index];
  return constantText(child?.class === 'CAST' ? child.child as Node : child);
}

/** The pattern must be known before the query runs. */
const withPattern = (target: string, index: number): Rule => (node, context) => {
  const pattern = constantArgument(node, index);
  if (pattern === undefined) {
    throw notSupported(`${String(node.function_name)} with a pattern that is no constant`, context.position());
  }
  const args = [...children(node)];
  args[index] = text(mysqlFormat(pattern, context.position()));
  return replaced(node, call(target, ...args));
};

const JSON_PATH = /^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\]|\["[^"\\]*"\])*$/;

const withJsonPath = (target: string): Rule => (node, context) => {
  const path = constantArgument(node, 1);
  if (path === undefined || !JSON_PATH.test(path)) {
    throw notSupported(`${String(node.function_name)} with the path ${JSON.stringify(path ?? 'no constant')}`, context.position());
  }
  return replaced(node, call(target, children(node)[0], text(path.replace(/\["([^"]*)"\]/g, '."$1"'))));
};

const UNITS = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

const withUnit = (target: string): Rule => (node, context) => {
  const unit = constantArgument(node, 0)?.toLowerCase();
  if (unit === undefined || !UNITS.includes(unit)) {
    throw notSupported(`${String(node.function_name)} with the unit ${JSON.stringify(unit ?? 'no constant')}`, context.position());
  }
  return replaced(node, call(target, text(unit), ...children(node).slice(1)));
};

const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  day_of_month: 'day',
  dow: 'isodow',
  day_of_week: 'isodow',
  doy: 'doy',
  day_of_year: 'doy',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  yow: 'isoyear',
  year_of_week: 'isoyear',
};

/** EXTRACT(part FROM x). */
const extract: Rule = (node, context) => {
  const part = PARTS[constantArgument(node, 0)?.toLowerCase() ?? ''];
  if (!part) {
    throw notSupported('EXTRACT of this part', context.position());
  }
  return replaced(node, call('date_part', text(part), children(node)[1]));
};

/** NULL when any argument is: DuckDB's greatest and least pass over NULLs. */
const nullIfAny = (target: string): Rule => (node) => {
  const args = children(node);
  const anyNull = args.map((arg) => operator('OPERATOR_IS_NULL', arg))
    .reduce((left, right) => ({ class: 'CONJUNCTION', type: 'CONJUNCTION_OR', alias: '', query_location: 0, children: [left, right] }));
  const nothing: Node = { class: 'CONSTANT', type: 'VALUE_CONSTANT', alias: '', query_location: 0, value: { type: { id: 'NULL', type_info: null }, is_null: true } };
  return {
    class: 'CASE',
    type: 'CASE_EXPR',
    alias: node.alias ?? '',
    query_location: 0,
    case_checks: [{ when_expr: anyNull, then_expr: nothing }],
    else_expr: call(target, ...args),
  };
};

const distinctCount: Rule = (node, context) => {
  if (children(node).length !== 1) {
    throw notSupported('approx_distinct with an error bound', context.position());
  }
  return { ...node, function_name: 'count', distinct: true };
};

/** DuckDB's own is NULL over no rows, and no bigint. */
export const countIf = (node: Node, context: Context): Node => {
  if (children(node).length !== 1) {
    throw notSupported(`count_if with ${children(node).length} arguments`, context.position());
  }
  const nothing: Node = { class: 'CONSTANT', type: 'VALUE_CONSTANT', alias: '', query_location: 0, value: { type: { id: 'NULL', type_info: null }, is_null: true } };
  const held: Node = {
    class: 'CASE', type: 'CASE_EXPR', alias: '', query_location: 0, case_checks: [{ when_expr: children(node)[0], then_expr: whole(1) }], else_expr: nothing,
  };
  return { ...node, function_name: 'count', children: [held] };
};

/** Seconds have no zone: what is read of a text with one is the moment that it names. */
const toUnixtime: Rule = (node, context) => {
  const [moment] = children(node);
  const name = String(moment?.function_name);
  const known = /^t_from_iso8601_timestamp(_try)?$/.test(name);
  return (oneArgument('epoch') as Exclude<Rule, string>)(known ? { ...node, children: [{ ...moment, function_name: name.replace('timestamp', 'moment') }] } : node, context);
};

const twoArguments = (target: string): Rule => (node, context) => {
  if (children(node).length !== 2) {
    throw notSupported(`${String(node.function_name)} with ${children(node).length} arguments`, context.position());
  }
  return { ...node, function_name: target };
};

const oneArgument = (target: string, wrap?: string): Rule => (node, context) => {
  if (children(node).length !== 1) {
    throw notSupported(`${String(node.function_name)} with ${children(node).length} arguments`, context.position());
  }
  return { ...node, function_name: target, children: wrap ? [call(wrap, ...children(node))] : children(node) };
};

const isInterval = (node: Node | undefined) => node?.class === 'FUNCTION' && /^to_(years|months|weeks|days|hours|minutes|seconds)$/.test(String(node.function_name));

/** A date or a timestamp moved by an interval keeps its type; DuckDB would make every date a timestamp. */
function shifted(node: Node, context: Context): Node | undefined {
  const [left, right] = children(node);
  const [moment, interval] = isInterval(right) ? [left, right] : isInterval(left) && node.function_name === '+' ? [right, left] : [];
  if (!moment || !interval) {
    return undefined;
  }
  const by = node.function_name === '-' ? { ...node, alias: '', children: [interval] } : interval;
  return replaced(node, call(context.inTry ? 't_shift_try' : 't_shift', by, moment));
}

/** Functions that Trino has and that answer the same here; all others are refused. */
export const FUNCTIONS: Readonly<Record<string, Rule>> = {
  // aggregates
  ...same('count', 'count_star', 'sum', 'min', 'max', 'array_agg', 'bool_and', 'bool_or', 'stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop',
    'any_value'),
  count_if: countIf,
  avg: oneArgument('avg', 't_no_decimal'),
  every: rename('bool_and'),
  arbitrary: rename('any_value'),
  approx_distinct: distinctCount,
  approx_percentile: twoArguments('quantile_disc'),
  max_by: twoArguments('arg_max_null'),
  min_by: twoArguments('arg_min_null'),
  // window
  ...same('row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead', 'first_value', 'last_value', 'nth_value'),
  // text
  upper: macro('t_upper'),
  ...same('lower', 'length', 'replace', 'strpos', 'reverse', 'starts_with', 'translate', 'chr'),
  substr: macro('t_substr'),
  substring: macro('t_substr'),
  trim: macro('t_trim'),
  ltrim: macro('t_ltrim'),
  rtrim: macro('t_rtrim'),
  lpad: macro('t_lpad'),
  rpad: macro('t_rpad'),
  position: rename('strpos'),
  concat: (node) => replaced(node, children(node).reduce((left, right) => call('t_concat', left, right))),
  concat_ws: (node) => ({ ...node, children: children(node).map((child) => call('t_text', child)) }),
  split: twoArguments('string_split'),
  split_part: macro('t_split_part'),
  codepoint: oneArgument('unicode'),
  levenshtein_distance: twoArguments('levenshtein'),
  regexp_like: macro('t_regexp_like'),
  regexp_extract: macro('t_regexp_extract'),
  regexp_extract_all: twoArguments('regexp_extract_all'),
  regexp_replace: macro('t_regexp_replace'),
  like_escape: 'like_escape',
  not_like_escape: 'not_like_escape',
  nullif: 'nullif',
  // numbers
  ...same('abs', 'sqrt', 'exp', 'ln', 'log2', 'log10', 'pi', 'degrees', 'radians', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'random'),
  log: twoArguments('log'),
  power: twoArguments('pow'),
  pow: twoArguments('pow'),
  round: macro('t_round'),
  ceil: macro('t_ceil'),
  ceiling: macro('t_ceil'),
  floor: macro('t_floor'),
  mod: macro('t_mod'),
  greatest: nullIfAny('greatest'),
  least: nullIfAny('least'),
  is_nan: oneArgument('isnan'),
  is_finite: oneArgument('isfinite'),
  is_infinite: oneArgument('isinf'),
  rand: rename('random'),
  // dates and times
  ...same('year', 'quarter', 'month', 'day', 'hour', 'minute', 'current_date', 'now', 'to_years', 'to_months', 'to_weeks', 'to_days', 'to_hours', 'to_minutes', 'to_seconds', 'trunc'),
  get_current_timestamp: 'now',
  second: 'second',
  day_of_month: rename('day'),
  day_of_week: rename('isodow'),
  dow: rename('isodow'),
  day_of_year: rename('dayofyear'),
  doy: rename('dayofyear'),
  week: rename('weekofyear'),
  week_of_year: rename('weekofyear'),
  year_of_week: rename('isoyear'),
  yow: rename('isoyear'),
  last_day_of_month: rename('last_day'),
  date: (node) => replaced(node, call('t_cast_date', ...children(node))),
  date_part: extract,
  date_trunc: withUnit('t_date_trunc'),
  date_add: withUnit('t_date_add'),
  date_diff: withUnit('t_date_diff'),
  date_format: withPattern('strftime', 1),
  date_parse: withPattern('strptime', 1),
  from_unixtime: oneArgument('to_timestamp'),
  to_unixtime: toUnixtime,
  from_iso8601_timestamp: macro('t_from_iso8601_timestamp'),
  from_iso8601_date: (node) => replaced(node, call('t_cast_date', ...children(node))),
  to_iso8601: macro('t_to_iso8601'),
  // JSON
  json_extract_scalar: withJsonPath('t_json_extract_scalar'),
  json_extract: withJsonPath('t_json_extract'),
  json_parse: macro('t_json_parse'),
  json_format: oneArgument('t_json_format'),
  json_array_length: oneArgument('t_json_array_length'),
  // arrays and maps
  cardinality: macro('t_cardinality'),
  element_at: macro('t_element_at'),
  contains: macro('t_contains'),
  array_join: macro('t_array_join'),
  array_sort: oneArgument('t_array_sort'),
  array_max: oneArgument('t_array_max'),
  array_min: oneArgument('t_array_min'),
  array_position: twoArguments('t_array_position'),
  flatten: 'flatten',
  sequence: macro('t_sequence'),
  slice: macro('t_slice'),
  transform: twoArguments('list_transform'),
  filter: twoArguments('list_filter'),
  map_keys: 'map_keys',
  map_values: 'map_values',
  map: twoArguments('map'),
  row: 'row',
};

/** The operators that are functions in DuckDB's tree. */
export const OPERATORS: Readonly<Record<string, Rule | undefined>> = {
  ...same('*', '~~', '!~~'),
  '+': (node, context) => shifted(node, context) ?? (children(node).length === 1 ? node : replaced(node, call(context.inTry ? 't_plus_try' : 't_plus', ...children(node)))),
  '-': (node, context) => shifted(node, context) ?? (children(node).length === 1 ? node : replaced(node, call(context.inTry ? 't_minus_try' : 't_minus', ...children(node)))),
  '/': macro('t_div'),
  '%': macro('t_mod'),
  '||': macro('t_concat'),
};
