import { AthenaQueryError, notSupported, Position } from './athena-error';
import { castNode } from './cast';
import { countIf, FUNCTIONS, OPERATORS } from './functions';
import { call, cast, eachNode, isNumeral, Node } from './sql-ast';
import { TranslateContext } from './translate-context';

export interface TableName {
  readonly database: string;
  readonly table: string;
  readonly position?: Position;
}

export interface Translated {
  /** The tree, changed in place. */
  readonly tree: Node;
  /** Tables of the catalogue that the statement reads. */
  readonly tables: readonly TableName[];
  /** False for `LIMIT 0`, which asks for columns only: Trino opens no file for it. */
  readonly readsRows: boolean;
  /** Whether the statement may read a column of this name. */
  readsColumn(name: string): boolean;
}

export interface TranslateOptions {
  /** Database of names without one. */
  readonly database: string | undefined;
  /** Schema of the session's own tables, which no statement of a person's can name. */
  readonly workSchema: string;
  positionOf(offset: number): Position | undefined;
  /** Whether a table of the catalogue has a column of this lower-case name. */
  hasColumn(database: string, table: string, column: string): boolean;
}

/** What DuckDB names an expression differently: it gets this alias, and `_colN` in the result. */
export const UNNAMED = /^__unnamed_\d+__$/;

/** Turns the tree of a Trino statement into one that gives the same answer on DuckDB, or throws. */
export function translate(tree: Node, options: TranslateOptions): Translated {
  return new Translator(tree, options).run();
}

const PLAIN_CLASSES = ['COMPARISON', 'CONJUNCTION', 'BETWEEN', 'CASE', 'LAMBDA', 'SUBQUERY', 'STAR'];
const PLAIN_OPERATORS = ['COMPARE_IN', 'COMPARE_NOT_IN', 'OPERATOR_NOT', 'OPERATOR_IS_NULL', 'OPERATOR_IS_NOT_NULL', 'OPERATOR_COALESCE', 'ARRAY_CONSTRUCTOR',
  'OPERATOR_TRY', 'OPERATOR_NULLIF'];
const REFUSED_COMPARISONS = ['COMPARE_SIMILAR'];

class Translator implements TranslateContext {
  inTry = false;
  private readonly tables: TableName[] = [];
  private readonly names = new Set<string>();
  private readonly ctes = new Set<string>();
  private star = false;
  private readsWork = false;
  private unnamed = 0;

  constructor(private readonly tree: Node, private readonly options: TranslateOptions) {}

  run(): Translated {
    this.collectCtes(this.tree);
    const tree = this.visit(this.tree) as Node;
    return { tree, tables: this.tables, readsColumn: (name) => this.star || this.names.has(name.toLowerCase()), readsRows: !hasLimitZero(tree) };
  }

  position(node: Node): Position | undefined {
    return typeof node.query_location === 'number' ? this.options.positionOf(node.query_location) : undefined;
  }

  private visit(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.visit(item));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const node = value as Node;
    if (node.class !== undefined) {
      return this.expression(node);
    }
    switch (node.type) {
      case 'SELECT_NODE': return this.select(node);
      case 'BASE_TABLE': return this.baseTable(node);
      case 'TABLE_FUNCTION': return this.tableFunction(node);
      case 'EXPRESSION_LIST': return this.values(node);
      case 'JOIN': return this.join(node);
      case 'RECURSIVE_CTE_NODE': throw notSupported('WITH RECURSIVE');
      case 'SHOW_REF': case 'PIVOT': case 'COLUMN_DATA': case 'DELIM_GET': case 'BOUND_TABLE_REF':
        throw notSupported(`the source ${node.type}`);
      default: return this.children(node);
    }
  }

  /** Every member of a node, translated; positions are dropped, because DuckDB's own are of no use in the new text. */
  private children(node: Node): Node {
    const changed: Node = {};
    for (const [key, value] of Object.entries(node)) {
      changed[key] = key === 'query_location' ? 0 : this.visit(value);
    }
    return changed;
  }

  private select(node: Node): Node {
    if (node.qualify || node.sample || node.aggregate_handling !== 'STANDARD_HANDLING') {
      throw notSupported('QUALIFY, SAMPLE or GROUP BY ALL');
    }
    const modifiers = node.modifiers as Node[];
    if (modifiers.some((modifier) => modifier.type === 'DISTINCT_MODIFIER' && ((modifier.distinct_on_targets ?? []) as Node[]).length > 0)) {
      throw notSupported('DISTINCT ON');
    }
    const named = (node.select_list as Node[]).map((item) => {
      const translated = this.visit(item) as Node;
      return { ...translated, alias: item.alias || this.outputName(item) };
    });
    const rest = this.children({ ...node, select_list: [] });
    this.noAliases(node);
    return { ...rest, select_list: named };
  }

  /** DuckDB lets SELECT, WHERE, GROUP BY and HAVING name what SELECT calls by an alias; Athena does not. */
  private noAliases(select: Node): void {
    const aliases = new Set((select.select_list as Node[]).map((item) => (item.alias ?? '').toLowerCase()).filter((alias) => alias !== ''));
    const check = (value: unknown) => eachNode(value, (node) => {
      const [name, ...rest] = node.class === 'COLUMN_REF' ? node.column_names as string[] : [];
      if (name !== undefined && rest.length === 0 && aliases.has(name.toLowerCase()) && !this.mayBeColumn(name.toLowerCase(), select)) {
        throw new AthenaQueryError('COLUMN_NOT_FOUND', `Column '${name}' cannot be resolved: an alias of SELECT can be used in ORDER BY only`, this.position(node));
      }
    });
    [select.select_list, select.where_clause, select.group_expressions, select.having].forEach(check);
  }

  /** Whether a source of the statement other than this SELECT's own aliases may have the column. */
  private mayBeColumn(name: string, select: Node): boolean {
    if (this.readsWork || this.tables.some(({ database, table }) => this.options.hasColumn(database, table, name))) {
      return true;
    }
    let found = false;
    eachNode(this.tree, (node) => {
      const named = [node.column_name_alias, node.expected_names, node.aliases].flat().some((other) => String(other).toLowerCase() === name);
      const item = node.type === 'SELECT_NODE' && node.select_list !== select.select_list
        && (node.select_list as Node[]).some((other) => (other.alias || (other.column_names as string[] | undefined)?.at(-1) || '').toLowerCase() === name);
      found ||= named || item;
    });
    return found;
  }

  /** Trino names columns and their fields only, and those DuckDB names alike. */
  private outputName(item: Node): string {
    return item.class === 'STAR' || item.class === 'COLUMN_REF' ? '' : `__unnamed_${this.unnamed++}__`;
  }

  private baseTable(node: Node): Node {
    const [catalog, schema, table] = [node.catalog_name, node.schema_name, node.table_name].map((part) => String(part ?? '').toLowerCase());
    const position = this.position(node);
    if (node.schema_name === this.options.workSchema) {
      this.readsWork = true;
      return this.children(node);
    }
    if (node.at_clause || node.sample) {
      throw notSupported('time travel or a sample of a table', position);
    }
    if (schema === '' && this.ctes.has(table)) {
      return { ...this.children(node), table_name: table };
    }
    if (catalog !== '' && catalog !== 'awsdatacatalog') {
      throw new AthenaQueryError('CATALOG_NOT_FOUND', `Catalog '${catalog}' does not exist (the local lake has awsdatacatalog only)`, position);
    }
    const database = schema || this.options.database;
    if (database === undefined) {
      throw new AthenaQueryError('MISSING_SCHEMA_NAME', `Schema must be specified when session schema is not set: write database.${table}`, position);
    }
    this.tables.push({ database, table, position });
    return { ...this.children(node), catalog_name: '', schema_name: database, table_name: table };
  }

  private tableFunction(node: Node): Node {
    const fn = node.function as Node;
    const children = (fn.children as Node[]).map((child) => this.visit(child) as Node);
    if (fn.function_name !== 'unnest' || children.length !== 1) {
      throw notSupported(fn.function_name === 'unnest' ? 'UNNEST of several arrays' : `the table function ${String(fn.function_name)}`, this.position(node));
    }
    return { ...node, query_location: 0, function: { ...fn, query_location: 0, children: [call('t_unnestable', ...children)] } };
  }

  private values(node: Node): Node {
    const rows = node.values as Node[][];
    const names = node.expected_names as string[];
    const changed = this.children(node);
    return names.length > 0 ? changed : { ...changed, expected_names: rows[0].map(() => `__unnamed_${this.unnamed++}__`) };
  }

  private join(node: Node): Node {
    if (!['INNER', 'LEFT', 'RIGHT', 'OUTER', 'FULL'].includes(String(node.join_type)) || !['REGULAR', 'CROSS'].includes(String(node.ref_type))) {
      throw notSupported(`a join of the kind ${String(node.ref_type)} ${String(node.join_type)}`);
    }
    (node.using_columns as string[] | undefined ?? []).forEach((name) => this.names.add(name.toLowerCase()));
    return this.children(node);
  }

  private expression(node: Node): Node {
    switch (node.class) {
      case 'COLUMN_REF':
        (node.column_names as string[]).forEach((name) => this.names.add(name.toLowerCase()));
        return { ...node, query_location: 0 };
      case 'CONSTANT': return this.constant(node);
      case 'CAST': return castNode({ ...node, child: this.visit(node.child) as Node }, this);
      case 'FUNCTION': return this.function(node);
      case 'WINDOW': return this.window(node);
      case 'OPERATOR': return this.operator(node);
      case 'STAR': this.checkStar(node); break;
      case 'LAMBDA': break;
    }
    if (!PLAIN_CLASSES.includes(node.class ?? '') || REFUSED_COMPARISONS.includes(node.type ?? '')) {
      throw notSupported(`an expression of the kind ${node.class}`, this.position(node));
    }
    return this.children(node);
  }

  private checkStar(node: Node): void {
    this.star = true;
    const extras = [node.exclude_list, node.replace_list, node.rename_list, node.qualified_exclude_list].flat().filter((item) => item);
    if (extras.length > 0 || node.expr || node.columns) {
      throw notSupported('* with EXCLUDE, REPLACE or COLUMNS', this.position(node));
    }
  }

  /** DuckDB converts bare text constants to the other side's type, and reads `1e0` as a decimal: both get their type. */
  private constant(node: Node): Node {
    const plain = { ...node, query_location: 0 };
    const { type, is_null: isNull, value } = node.value as { type: { id: string }; is_null: boolean; value: unknown };
    if (isNull || type.id === 'BOOLEAN' || type.id === 'INTEGER' || type.id === 'DECIMAL' || (type.id === 'BIGINT' && isNumeral(value))) {
      return plain;
    }
    if (type.id === 'VARCHAR' || type.id === 'DOUBLE') {
      return cast({ ...plain, alias: '' }, type.id);
    }
    throw new AthenaQueryError('INVALID_LITERAL', `a constant of type ${type.id} is not one of Athena's`, this.position(node));
  }

  private operator(node: Node): Node {
    if (node.type === 'STRUCT_EXTRACT') {
      const [row, field] = node.children as Node[];
      return { ...node, query_location: 0, children: [this.visit(row) as Node, { ...field, query_location: 0 }] };
    }
    const outer = this.inTry;
    this.inTry ||= node.type === 'OPERATOR_TRY';
    const changed = this.children(node);
    this.inTry = outer;
    if (node.type === 'ARRAY_EXTRACT') {
      const [container, index] = changed.children as Node[];
      return call(this.inTry ? 't_subscript_try' : 't_subscript', container, index);
    }
    if (!PLAIN_OPERATORS.includes(node.type ?? '')) {
      throw notSupported(`the operator ${node.type}`, this.position(node));
    }
    return changed;
  }

  private function(node: Node): Node {
    const name = String(node.function_name).toLowerCase();
    const rule = node.is_operator ? OPERATORS[name] : Object.prototype.hasOwnProperty.call(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (rule === undefined) {
      throw notSupported(node.is_operator ? `the operator ${name}` : `function ${name}`, this.position(node));
    }
    const changed = this.children(node);
    return typeof rule === 'string' ? { ...changed, function_name: rule, schema: '' } : rule(changed, { inTry: this.inTry, position: () => this.position(node) });
  }

  private window(node: Node): Node {
    const name = String(node.function_name).toLowerCase();
    const plain = name === 'avg' || name === 'count_if' || (Object.prototype.hasOwnProperty.call(FUNCTIONS, name) && FUNCTIONS[name] === name);
    if (!plain) {
      throw notSupported(`function ${name} as a window function`, this.position(node));
    }
    if (node.exclude_clause !== 'NO_OTHER') {
      throw notSupported('EXCLUDE in a window frame', this.position(node));
    }
    const changed = this.children(node);
    if (name === 'count_if') {
      return countIf(changed, { inTry: this.inTry, position: () => this.position(node) });
    }
    return name === 'avg' ? { ...changed, children: [call('t_no_decimal', ...changed.children as Node[])] } : changed;
  }

  private collectCtes(value: unknown): void {
    eachNode(value, (node) => {
      const entries = (node.cte_map as { map: { key: string }[] } | undefined)?.map ?? [];
      entries.forEach((entry) => this.ctes.add(entry.key.toLowerCase()));
    });
  }
}

/** Whether the statement itself, not a part of it, ends in `LIMIT 0`. */
function hasLimitZero(tree: Node): boolean {
  const [statement] = tree.statements as [{ node: { modifiers?: readonly { type: string; limit?: Node }[] } }];
  return (statement.node.modifiers ?? []).some(({ type, limit }) => type === 'LIMIT_MODIFIER' && (limit?.value as { value?: unknown } | undefined)?.value === 0);
}
