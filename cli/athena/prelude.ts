/**
 * Trino's functions as DuckDB macros, where DuckDB's own of the same purpose answer differently. Every macro
 * exists twice: the one fails as Trino does, its `_try` variant (inside TRY and TRY_CAST) yields NULL.
 */
export function prelude(): string[] {
  return [...macros((message) => `error(${message})`, '', 'CAST'), ...macros(() => 'NULL', '_try', 'TRY_CAST')];
}

type Fail = (message: string) => string;

const INTEGERS = "('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT')";
const WHOLE = "'[+-]?[0-9]+'";
const NUMERAL = "'[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?Infinity|NaN'";
const DAY = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}';
const MOMENT = `'${DAY}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?)?'`;
const ISO_MOMENT = `${DAY}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?)?)?`;
const floating = (x: string) => `typeof(${x}) IN ('DOUBLE', 'FLOAT')`;
const isDecimal = (x: string) => `typeof(${x}) LIKE 'DECIMAL%'`;
const isList = (x: string) => `typeof(${x}) LIKE '%[]'`;

function macros(fail: Fail, suffix: string, cast: string): string[] {
  const define = (name: string, ...variants: string[]) => `CREATE MACRO ${name}${suffix}${variants.join(', ')}`;
  return [numbers, texts, times, json, lists].flatMap((family) => family(fail, define)).concat(casts(fail, define, cast));
}

type Define = (name: string, ...variants: string[]) => string;

function numbers(fail: Fail, define: Define): string[] {
  const undividable = `WHEN (${isDecimal('a')} OR ${isDecimal('b')}) AND NOT (${floating('a')} OR ${floating('b')}) `
    + `THEN ${fail("'NOT_SUPPORTED_LOCALLY: the scale of a decimal division is Trino''s own and is not supported locally: write CAST(... AS double), or 100e0 for 100.0'")} `
    + `WHEN b = 0 AND NOT (${floating('a')} OR ${floating('b')}) THEN ${fail("'DIVISION_BY_ZERO: Division by zero'")} `
    + `WHEN b = 0 THEN ${fail("'NOT_SUPPORTED_LOCALLY: dividing a double by zero (Infinity or NaN on Athena) is not supported locally'")}`;
  const days = fail("'NOT_SUPPORTED_LOCALLY: this arithmetic with dates is not supported locally: use date_diff or date_add'");
  return [
    // DuckDB's // divides integers as integers and doubles as doubles, which is Trino's /.
    define('t_div', `(a, b) AS CASE ${undividable} ELSE a // b END`),
    define('t_mod', `(a, b) AS CASE WHEN b = 0 THEN ${fail("'DIVISION_BY_ZERO: Division by zero'")} ELSE a % b END`),
    define('t_minus', `(a, b) AS CASE WHEN typeof(a) = 'DATE' THEN ${days} ELSE a - b END`),
    define('t_plus', `(a, b) AS CASE WHEN typeof(a) = 'DATE' OR typeof(b) = 'DATE' THEN ${days} ELSE a + b END`),
    define('t_no_decimal', `(x) AS CASE WHEN ${isDecimal('x')} THEN ${fail("'NOT_SUPPORTED_LOCALLY: avg of a decimal is not supported locally: write CAST(... AS double)'")} ELSE x END`),
    define('t_round', '(x) AS round(x)', `(x, d) AS CASE WHEN ${isDecimal('x')} THEN ${fail("'NOT_SUPPORTED_LOCALLY: round of a decimal to a number of digits is not supported locally: write CAST(... AS double)'")} ELSE round(x, CAST(d AS INTEGER)) END`),
    ...['ceil', 'floor'].map((name) => define(`t_${name}`,
      `(x) AS CASE WHEN typeof(x) IN ${INTEGERS} THEN ${fail(`'NOT_SUPPORTED_LOCALLY: ${name} of an integer is not supported locally: the value is whole already'`)} ELSE ${name}(x) END`)),
  ];
}

function casts(fail: Fail, define: Define, cast: string): string[] {
  const refused = (type: string) => fail(`'INVALID_CAST_ARGUMENT: Cannot cast ''' || CAST(x AS VARCHAR) || ''' to ${type}'`);
  const unless = (pattern: string, type: string) => `WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(CAST(x AS VARCHAR), ${pattern}) THEN ${refused(type)}`;
  const rounded = (type: string) => `WHEN ${floating('x')} THEN ${cast}(round(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)) AS ${type})`;
  const integer = (type: string) => define(`t_cast_${type.toLowerCase()}`, `(x) AS CASE ${unless(WHOLE, type.toLowerCase())} ${rounded(type)} ELSE ${cast}(x AS ${type}) END`);
  const checked = (name: string, type: string, pattern: string) =>
    define(`t_cast_${name}`, `(x) AS CASE ${unless(pattern, name.replace('_6', ''))} ELSE ${cast}(x AS ${type}) END`);
  return [
    ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'].map(integer),
    checked('double', 'DOUBLE', NUMERAL),
    checked('real', 'FLOAT', NUMERAL),
    checked('boolean', 'BOOLEAN', "'(?i)t|f|true|false|1|0'"),
    checked('date', 'DATE', `'\\s*${DAY}\\s*'`),
    checked('timestamp_6', 'TIMESTAMP', MOMENT),
    define('t_cast_timestamp', `(x) AS CASE ${unless(MOMENT, 'timestamp')} WHEN epoch_us(${cast}(x AS TIMESTAMP)) % 1000 = 0 THEN ${cast}(x AS TIMESTAMP) `
      + `ELSE make_timestamp(CAST(floor((epoch_us(${cast}(x AS TIMESTAMP)) + 500) / 1000) AS BIGINT) * 1000) END`),
    // By way of the text: DuckDB would round the double 1.005, which is a little less, down.
    define('t_decimal_text', `(x) AS CASE ${unless(NUMERAL, 'decimal')} WHEN typeof(x) = 'BOOLEAN' THEN CASE CAST(x AS VARCHAR) WHEN 'true' THEN '1' WHEN 'false' THEN '0' END ELSE CAST(x AS VARCHAR) END`),
    // How Trino prints a double or a timestamp depends on its version and on the literal's digits.
    define('t_cast_varchar', `(x) AS CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE') OR typeof(x) LIKE 'STRUCT%' OR typeof(x) LIKE 'MAP%' OR ${isList('x')} `
      + `THEN ${fail("'NOT_SUPPORTED_LOCALLY: a cast of ' || typeof(x) || ' to varchar is not supported locally'")} ELSE CAST(x AS VARCHAR) END`),
  ];
}

function texts(fail: Fail, define: Define): string[] {
  const isText = (x: string) => `typeof(${x}) IN ('VARCHAR', '"NULL"')`;
  const replacement = "regexp_replace(r, '\\$([0-9])', '\\\\\\1', 'g')";
  const empty = fail("'NOT_SUPPORTED_LOCALLY: regexp_replace of a pattern that matches the empty text is not supported locally'");
  const mixed = fail("'TYPE_MISMATCH: Unexpected parameters (' || typeof(a) || ', ' || typeof(b) || ') for function concat: cast both sides to varchar'");
  return [
    define('t_concat', `(a, b) AS CASE WHEN (typeof(a) = 'VARCHAR' AND NOT ${isText('b')}) OR (typeof(b) = 'VARCHAR' AND NOT ${isText('a')}) THEN ${mixed} `
      + 'WHEN a IS NULL OR b IS NULL THEN NULL ELSE a || b END'),
    define('t_text', `(x) AS CASE WHEN NOT ${isText('x')} THEN ${fail("'TYPE_MISMATCH: expected varchar, got ' || typeof(x)")} ELSE x END`),
    // DuckDB makes a capital of the sharp s, Java none.
    define('t_upper', "(s) AS replace(upper(replace(s, 'ß', chr(1))), chr(1), 'ß')"),
    define('t_substr', "(s, a) AS CASE WHEN a = 0 OR a < -length(s) THEN '' ELSE substring(s, a) END",
      "(s, a, n) AS CASE WHEN a = 0 OR a < -length(s) OR n <= 0 THEN '' ELSE substring(s, a, n) END"),
    define('t_trim', "(s) AS regexp_replace(s, '^\\s+|\\s+$', '', 'g')", '(s, c) AS trim(s, c)'),
    define('t_ltrim', "(s) AS regexp_replace(s, '^\\s+', '')", '(s, c) AS ltrim(s, c)'),
    define('t_rtrim', "(s) AS regexp_replace(s, '\\s+$', '')", '(s, c) AS rtrim(s, c)'),
    define('t_lpad', '(s, n, p) AS lpad(s, CAST(n AS INTEGER), p)'),
    define('t_rpad', '(s, n, p) AS rpad(s, CAST(n AS INTEGER), p)'),
    define('t_split_part', `(s, d, i) AS CASE WHEN i < 1 THEN ${fail("'INVALID_FUNCTION_ARGUMENT: Index must be greater than zero'")} `
      + 'WHEN i > len(string_split(s, d)) THEN NULL ELSE split_part(s, d, i) END'),
    define('t_regexp_like', '(s, p) AS regexp_matches(s, p)'),
    define('t_regexp_extract', '(s, p) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END',
      `(s, p, g) AS CASE WHEN regexp_matches(s, p) AND regexp_extract(s, p, g) = '' THEN ${fail("'NOT_SUPPORTED_LOCALLY: regexp_extract of a group that may be empty or absent is not supported locally'")} WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END`),
    define('t_regexp_replace', `(s, p) AS CASE WHEN regexp_full_match('', p) THEN ${empty} ELSE regexp_replace(s, p, '', 'g') END`,
      `(s, p, r) AS CASE WHEN regexp_full_match('', p) THEN ${empty} WHEN contains(r, '\${') OR contains(r, '\\') THEN ${fail("'NOT_SUPPORTED_LOCALLY: \${name} and backslashes in the replacement of regexp_replace are not supported locally'")} `
      + `ELSE regexp_replace(s, p, ${replacement}, 'g') END`),
  ];
}

function times(fail: Fail, define: Define): string[] {
  const types = ['DATE', 'TIMESTAMP', 'TIMESTAMPTZ'];
  const typed = (parameters: string, body: string) => types.map((type) => `(${parameters}, x ${type}) AS CAST(${body} AS ${type})`);
  const span = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'year']
    .map((unit) => `WHEN '${unit}' THEN to_${unit}s(CAST(n AS ${unit === 'millisecond' || unit === 'second' ? 'DOUBLE' : 'INTEGER'}))`).join(' ');
  const zone = fail("'NOT_SUPPORTED_LOCALLY: times of a zone other than UTC are not supported locally: ' || s");
  // DuckDB takes no zone behind a date alone.
  const utc = (moment: string) => `${moment} || CASE WHEN length(${moment}) = 10 THEN ' 00:00:00+00' ELSE '+00' END`;
  const wrong = fail("'INVALID_FUNCTION_ARGUMENT: Invalid format: \"' || s || '\"'");
  return [
    define('t_date_trunc', ...typed('u VARCHAR', 'date_trunc(u, x)')),
    define('t_date_add', ...typed('u VARCHAR, n BIGINT', `x + CASE u ${span} WHEN 'quarter' THEN to_months(CAST(3 * n AS INTEGER)) END`)),
    define('t_shift', ...typed('i INTERVAL', 'x + i')),
    define('t_date_diff', `(u, a, b) AS CASE WHEN typeof(a) = 'VARCHAR' OR typeof(b) = 'VARCHAR' THEN ${fail("'TYPE_MISMATCH: date_diff needs dates or timestamps, got varchar'")} `
      + 'ELSE date_sub(u, CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP)) END'),
    define('t_from_iso8601_timestamp', `(s) AS CASE WHEN regexp_full_match(s, '${ISO_MOMENT}(Z|[+-]00:?00)?') THEN TRY_CAST(${utc("regexp_replace(s, '(Z|[+-]00:?00)$', '')")} AS TIMESTAMPTZ) `
      + `WHEN regexp_full_match(s, '${ISO_MOMENT}[+-][0-9]{2}:?[0-9]{2}') THEN ${zone} WHEN s IS NOT NULL THEN ${wrong} END`),
    define('t_from_iso8601_moment', `(s) AS CASE WHEN regexp_full_match(s, '${ISO_MOMENT}[+-][0-9]{2}:?[0-9]{2}') THEN TRY_CAST(regexp_replace(s, '([0-9]{2}):?([0-9]{2})$', '\\1:\\2') AS TIMESTAMPTZ) `
      + `WHEN regexp_full_match(s, '${ISO_MOMENT}Z?') THEN TRY_CAST(${utc("regexp_replace(s, 'Z$', '')")} AS TIMESTAMPTZ) WHEN s IS NOT NULL THEN ${wrong} END`),
    define('t_to_iso8601', `(x) AS CASE WHEN typeof(x) = 'DATE' THEN CAST(x AS VARCHAR) ELSE ${fail("'NOT_SUPPORTED_LOCALLY: to_iso8601 of ' || typeof(x) || ' is not supported locally: use date_format'")} END`),
  ];
}

function json(fail: Fail, define: Define): string[] {
  // DuckDB rewrites such numerals (1.50, 1e3, 20 digits); Trino keeps them.
  const changed = "regexp_matches(CAST(j AS VARCHAR), '[0-9]\\.[0-9]*0([^0-9]|$)|[0-9][eE][+-]?[0-9]|[0-9.]{17}|-0([^0-9.]|$)')";
  const refused = fail("'NOT_SUPPORTED_LOCALLY: a JSON text with numerals such as 1.50 or 1e3 is not supported locally, their text would change'");
  return [
    define('t_json_extract_scalar', "(j, p) AS CASE WHEN NOT json_valid(j) THEN NULL WHEN json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL "
      + `WHEN json_type(j, p) <> 'VARCHAR' AND ${changed} THEN ${refused} ELSE json_extract_string(j, p) END`),
    define('t_json_extract', `(j, p) AS CASE WHEN NOT json_valid(j) THEN NULL WHEN ${changed} THEN ${refused} ELSE json_extract(j, p) END`),
    define('t_json_parse', `(j) AS CASE WHEN ${changed} THEN ${refused} ELSE json(j) END`),
    define('t_json_format', '(j) AS CAST(j AS VARCHAR)'),
    define('t_json_array_length', "(j) AS CASE WHEN NOT json_valid(j) THEN NULL WHEN json_type(j) = 'ARRAY' THEN CAST(json_array_length(j) AS BIGINT) END"),
  ];
}

function lists(fail: Fail, define: Define): string[] {
  // JSON gives the size of lists and maps alike; len() would not bind for a map.
  const size = (x: string) => `CAST(json_array_length(to_json(${x})) AS BIGINT)`;
  const index = 'TRY_CAST(CAST(k AS VARCHAR) AS BIGINT)';
  const fromOne = fail("'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1'");
  return [
    define('t_cardinality', `(x) AS CASE WHEN ${isList('x')} THEN ${size('x')} ELSE CAST(len(json_keys(to_json(x))) AS BIGINT) END`),
    define('t_element_at', `(x, k) AS CASE WHEN ${isList('x')} AND ${index} = 0 THEN ${fromOne} ELSE x[k] END`),
    define('t_subscript', `(x, k) AS CASE WHEN typeof(x) LIKE 'STRUCT%' AND NOT ${isList('x')} THEN ${fail("'NOT_SUPPORTED_LOCALLY: a row by position is not supported locally: use the field''s name'")} `
      + `WHEN ${isList('x')} AND ${index} < 1 THEN ${fromOne} `
      + `WHEN x[k] IS NULL AND ${isList('x')} AND ${index} > ${size('x')} THEN ${fail("'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length'")} `
      + `WHEN x[k] IS NULL AND typeof(x) LIKE 'MAP%' AND NOT list_contains(json_keys(to_json(x)), CAST(k AS VARCHAR)) THEN ${fail("'INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || CAST(k AS VARCHAR)")} `
      + 'ELSE x[k] END'),
    define('t_contains', '(a, x) AS CASE WHEN list_contains(a, x) THEN true WHEN a IS NULL OR x IS NULL OR list_count(a) < len(a) THEN NULL ELSE false END'),
    define('t_array_join', ...['(a, d)', '(a, d, n)'].map((parameters) =>
      `${parameters} AS CASE WHEN typeof(a) NOT IN ('VARCHAR[]', 'INTEGER[]', 'BIGINT[]', 'BOOLEAN[]', 'DATE[]') THEN ${fail("'NOT_SUPPORTED_LOCALLY: array_join of ' || typeof(a) || ' is not supported locally'")} `
      + `ELSE array_to_string(${parameters.includes('n') ? 'list_transform(a, e -> coalesce(CAST(e AS VARCHAR), n))' : 'a'}, d) END`)),
    define('t_array_sort', "(a) AS list_sort(a, 'ASC', 'NULLS LAST')"),
    define('t_array_max', '(a) AS CASE WHEN list_count(a) = len(a) THEN list_max(a) END'),
    define('t_array_min', '(a) AS CASE WHEN list_count(a) = len(a) THEN list_min(a) END'),
    define('t_array_position', '(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL ELSE CAST(coalesce(list_position(a, x), 0) AS BIGINT) END'),
    define('t_sequence', '(a, b) AS CASE WHEN a <= b THEN generate_series(a, b) ELSE generate_series(a, b, -1) END', '(a, b, s) AS generate_series(a, b, s)'),
    define('t_slice', `(a, s, n) AS CASE WHEN s < 1 THEN ${fail("'NOT_SUPPORTED_LOCALLY: slice from the end is not supported locally'")} ELSE a[s:s + n - 1] END`),
    define('t_unnestable', '(x) AS CASE WHEN typeof(x) LIKE \'MAP%\' OR (typeof(x) LIKE \'STRUCT%[]\' AND typeof(x) NOT LIKE \'%[][]\') '
      + `THEN ${fail("'NOT_SUPPORTED_LOCALLY: UNNEST of a map or of an array of rows is not supported locally'")} ELSE x END`),
  ];
}
