import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export type Row = Readonly<Record<string, string | number | null>>;

/**
 * A small evaluator of DQDL, after its documentation and awslabs/deequ: what a rule over columns says of NULL (it
 * fails), of a table without rows (it fails: there is no metric), and of `between` and `^$`. Custom SQL, which is
 * Spark's, runs on DuckDB.
 */
export class DqdlEvaluator {
  static async over(columns: Readonly<Record<string, string>>, rows: readonly Row[]): Promise<DqdlEvaluator> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`CREATE TABLE "primary" (${Object.entries(columns).map(([name, type]) => `"${name}" ${type}`).join(', ')})`);
    for (const row of rows) {
      await connection.run(`INSERT INTO "primary" VALUES (${Object.keys(columns).map((name) => literal(row[name] ?? null)).join(', ')})`);
    }
    return new DqdlEvaluator(connection, rows);
  }

  private constructor(readonly connection: DuckDBConnection, private readonly rows: readonly Row[]) {}

  /** The verdict of each rule of a ruleset. */
  async verdicts(ruleset: string): Promise<boolean[]> {
    const parser = new Parser(tokenize(ruleset));
    const verdicts: boolean[] = [];
    for (const rule of parser.ruleset()) {
      verdicts.push(await this.holds(rule));
    }
    return verdicts;
  }

  private async holds(rule: Rule): Promise<boolean> {
    if ('operator' in rule) {
      const parts: boolean[] = [];
      for (const part of rule.rules) {
        parts.push(await this.holds(part));
      }
      return rule.operator === 'and' ? parts.every(Boolean) : parts.some(Boolean);
    }
    const [column, ...more] = rule.parameters;
    switch (rule.type) {
      case 'RowCount': return compares(this.rows.length, rule);
      case 'IsComplete': return this.rows.length > 0 && this.rows.every((row) => row[column] !== null);
      case 'IsUnique': return this.rows.length > 0 && this.isUnique([column, ...more]);
      case 'ColumnValues': return this.rows.length > 0 && this.rows.every((row) => valueHolds(row[column], rule));
      case 'CustomSql': return compares(await this.customSql(column), rule);
      default: throw new Error(`no rule type ${rule.type}`);
    }
  }

  /** Deequ's uniqueness is the share of values that come once among all rows: a row of NULLs is no value. */
  private isUnique(columns: readonly string[]): boolean {
    const valued = this.rows.filter((row) => columns.some((column) => row[column] !== null));
    const keys = valued.map((row) => JSON.stringify(columns.map((column) => row[column])));
    return new Set(keys).size === this.rows.length;
  }

  private async customSql(sparkSql: string): Promise<number> {
    const reader = await this.connection.runAndReadAll(toDuckdb(sparkSql));
    return Number(reader.getRows()[0][0]);
  }
}

const literal = (value: string | number | null) => (typeof value === 'string' ? `'${value.replace(/'/g, "''")}'` : String(value));

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bcast\(/g, 'try_cast('], [/ as string\)/g, ' as varchar)'], [/\bprimary\b/g, '"primary"'], [/left anti join/g, 'ANTI JOIN'],
];

/** Spark's words for the same: a cast that fails is NULL, texts know backslashes, `rlike` finds anywhere. */
function toDuckdb(sql: string): string {
  return sql.split(/(`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*')/s).map((part) => {
    if (part.startsWith('`')) {
      return `"${part.slice(1, -1).replace(/``/g, '`').replace(/"/g, '""')}"`;
    }
    return part.startsWith("'")
      ? `'${part.slice(1, -1).replace(/\\(.)/gs, '$1').replace(/'/g, "''")}'`
      : WORDS.reduce((text, [spark, duckdb]) => text.replace(spark, duckdb), part);
  }).join('').replace(/("[^"]*") rlike ('(?:[^']|'')*')/g, 'regexp_matches($1, $2)');
}

type Rule = { readonly operator: 'and' | 'or'; readonly rules: readonly Rule[] } | SimpleRule;

interface SimpleRule {
  readonly type: string;
  readonly parameters: readonly string[];
  readonly comparison: string;
  readonly operands: readonly (string | number | null)[];
}

function compares(value: number, { comparison, operands: [operand] }: SimpleRule): boolean {
  const bound = operand as number;
  switch (comparison) {
    case '=': return value === bound;
    case '>': return value > bound;
    case '<': return value < bound;
    case '>=': return value >= bound;
    case '<=': return value <= bound;
    default: throw new Error(`no comparison ${comparison}`);
  }
}

function valueHolds(value: string | number | null, { comparison, operands }: SimpleRule): boolean {
  switch (comparison) {
    // A number in the list makes Spark compare numbers.
    case 'in': return operands.some((operand) => (operand === null || value === null ? operand === value
      : typeof operand === 'number' ? Number(value) === operand && String(value).trim() !== '' : String(value) === operand));
    // hasPattern takes the text that the pattern finds, and no text for none.
    case 'matches': return value !== null && (new RegExp(`^${String(operands[0])}$`, 'm').exec(String(value))?.[0] ?? '') !== '';
    default: throw new Error(`no comparison ${comparison}`);
  }
}

interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'symbol';
  readonly value: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|([A-Za-z]+)|(>=|<=|[=<>()[\],])/gys;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) {
      throw new Error(`not DQDL at ${text.slice(at, at + 40)}`);
    }
    const [, quoted, number, word, symbol] = match;
    const [kind, value] = quoted !== undefined ? ['string', quoted.replace(/\\(.)/gs, '$1')] as const
      : number !== undefined ? ['number', number] as const
        : word !== undefined ? ['word', word] as const : ['symbol', symbol] as const;
    if (value !== undefined) {
      tokens.push({ kind, value });
    }
  }
  return tokens;
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  ruleset(): Rule[] {
    ['Rules', '=', '['].forEach((value) => this.expect(value));
    const rules = [this.rule()];
    while (this.take(',')) {
      rules.push(this.rule());
    }
    this.expect(']');
    expect(this.at).toBe(this.tokens.length);
    return rules;
  }

  private rule(): Rule {
    if (this.peek() !== '(') {
      return this.simple();
    }
    const rules = [this.inParentheses()];
    const operator = this.peek() === 'or' ? 'or' : 'and';
    while (this.take(operator)) {
      rules.push(this.inParentheses());
    }
    return { operator, rules };
  }

  private inParentheses(): Rule {
    this.expect('(');
    const rule = this.rule();
    this.expect(')');
    return rule;
  }

  private simple(): SimpleRule {
    const type = this.next('word');
    const parameters: string[] = [];
    while (this.tokens[this.at]?.kind === 'string') {
      parameters.push(this.next('string'));
    }
    const comparison = ['=', '<', '>', '<=', '>=', 'in', 'matches'].find((value) => this.take(value)) ?? '';
    return { type, parameters, comparison, operands: comparison === '' ? [] : this.operands() };
  }

  private operands(): (string | number | null)[] {
    const list = this.take('[');
    const operands = [this.operand()];
    while (list && this.take(',')) {
      operands.push(this.operand());
    }
    if (list) {
      this.expect(']');
    }
    return operands;
  }

  private operand(): string | number | null {
    if (this.take('NULL')) {
      return null;
    }
    return this.tokens[this.at]?.kind === 'number' ? Number(this.next('number')) : this.next('string');
  }

  private peek(): string | undefined {
    const token = this.tokens[this.at];
    return token?.kind === 'string' ? undefined : token?.value;
  }

  private take(value: string): boolean {
    const found = this.peek() === value;
    this.at += Number(found);
    return found;
  }

  private expect(value: string): void {
    if (!this.take(value)) {
      throw new Error(`expected ${value}, got ${this.tokens[this.at]?.value}`);
    }
  }

  private next(kind: Token['kind']): string {
    const token = this.tokens[this.at++];
    if (token?.kind !== kind) {
      throw new Error(`expected a ${kind}, got ${token?.value}`);
    }
    return token.value;
  }
}
