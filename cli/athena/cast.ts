import { notSupported } from './athena-error';
import { call, cast, constantText, Node, whole } from './sql-ast';
import { TranslateContext } from './translate-context';
import { TIMESTAMP_6_TYPE, VARCHAR_TYPE } from './trino-to-duckdb-text';

/** Types whose CAST needs Trino's own rules, and the macro that has them. */
const CHECKED: Readonly<Record<string, string>> = {
  TINYINT: 't_cast_tinyint',
  SMALLINT: 't_cast_smallint',
  INTEGER: 't_cast_integer',
  BIGINT: 't_cast_bigint',
  DOUBLE: 't_cast_double',
  FLOAT: 't_cast_real',
  BOOLEAN: 't_cast_boolean',
  DATE: 't_cast_date',
  TIMESTAMP: 't_cast_timestamp',
  VARCHAR: 't_cast_varchar',
};

/** DuckDB converts more than Trino does ("1.5" to the integer 2): every CAST goes by Trino's rules or fails. */
export function castNode(node: Node, context: TranslateContext): Node {
  const type = node.cast_type as { id: string; type_info: { name?: string } | null };
  const child = node.child as Node;
  const inTry = context.inTry || node.try_cast === true;
  const alias = node.alias ?? '';
  const literal = constantText(child.class === 'CAST' ? child.child as Node : child);
  // INTERVAL '1' DAY reaches us as a function over such a cast.
  if (type.id === 'INTERVAL') {
    throw notSupported('a cast to an interval', context.position(node));
  }
  if (type.id === 'TIMESTAMP WITH TIME ZONE' && literal === undefined) {
    return { ...cast(child, type.id), alias };
  }
  const name = type.type_info?.name ?? '';
  const micros = name === TIMESTAMP_6_TYPE || (type.id === 'TIMESTAMP' && isLiteral(node) && /\.\d{4,6}$/.test(literal ?? ''));
  const macro = micros ? 't_cast_timestamp_6' : CHECKED[type.id];
  if (macro) {
    return { ...call(inTry ? `${macro}_try` : macro, child), alias };
  }
  if (type.id === 'DECIMAL') {
    return { ...node, query_location: 0, child: call(inTry ? 't_decimal_text_try' : 't_decimal_text', child), alias };
  }
  if (name.startsWith(VARCHAR_TYPE)) {
    return { ...call('substring', call('t_cast_varchar', child), whole(1), whole(Number(name.slice(VARCHAR_TYPE.length)))), alias };
  }
  if (['STRUCT', 'LIST', 'MAP'].includes(type.id)) {
    return { ...node, query_location: 0, alias };
  }
  throw notSupported(`a cast to ${name || type.id}${literal === undefined ? '' : ` of ${JSON.stringify(literal)}`}`, context.position(node));
}

/** `TIMESTAMP '...'`, which the parser makes a cast that stands nowhere: its digits are its type. */
const isLiteral = (node: Node) => typeof node.query_location !== 'number';
