/** Kinds of values that row filters know. */
export type ConstantKind = 'text' | 'number' | 'boolean';

/** One comparison of a row filter. */
export interface Comparison {
  /** The column, and the fields below it: `location.country`. */
  readonly path: readonly string[];
  readonly operator: string;
  /** Kinds of the constants that it is compared with. */
  readonly constants: readonly ConstantKind[];
}

/** The first text that this many characters long is refused. */
export const MAX_ROW_FILTER = 2048;

interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'operator' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN = /\s*(?:(?<word>[A-Za-z_][A-Za-z0-9_]*)|"(?<quoted>[^"]+)"|(?<text>'(?:[^']|'')*')|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<operator><=|>=|<>|!=|[=<>(),.]))/y;
const KINDS = ['word', 'quoted', 'text', 'number', 'operator'] as const;
const COMPARISONS = ['=', '<', '>', '<=', '>=', '<>', '!='];
const RESERVED = ['AND', 'OR', 'NOT', 'IN', 'IS', 'LIKE', 'BETWEEN', 'NULL', 'TRUE', 'FALSE'];

/**
 * Reads a row filter: the part of PartiQL that Lake Formation takes. No functions, no columns on the right.
 *
 * @throws Error that tells what was expected where.
 * @see https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
 */
export function parseRowFilter(text: string): Comparison[] {
  const parser = new RowFilterParser(tokensOf(text));
  return parser.filter();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) {
      throw new Error(`it cannot be read at position ${at}: ${JSON.stringify(text.slice(at, at + 20))}`);
    }
    const kind = KINDS.find((one) => found.groups![one] !== undefined)!;
    tokens.push({ kind, text: found.groups![kind], at: TOKEN.lastIndex - found[0].trimStart().length });
    at = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: 'the end', at }];
}

class RowFilterParser {
  private next = 0;
  private readonly found: Comparison[] = [];

  constructor(private readonly tokens: readonly Token[]) {}

  filter(): Comparison[] {
    this.anyOf();
    if (this.current.kind !== 'end') {
      this.fail('AND, OR or the end');
    }
    return this.found;
  }

  private anyOf(): void {
    do {
      this.allOf();
    } while (this.takeWord('OR'));
  }

  private allOf(): void {
    do {
      this.one();
    } while (this.takeWord('AND'));
  }

  private one(): void {
    if (this.takeWord('NOT')) {
      this.one();
    } else if (this.takeOperator('(')) {
      this.anyOf();
      this.need(')');
    } else {
      this.comparison();
    }
  }

  private comparison(): void {
    const path = this.path();
    const operator = COMPARISONS.find((one) => this.takeOperator(one));
    if (operator !== undefined) {
      this.add(path, operator, [this.constant()]);
    } else if (this.takeWord('IS')) {
      this.takeWord('NOT');
      this.needWord('NULL');
      this.add(path, 'IS NULL', []);
    } else {
      this.takeWord('NOT');
      this.add(path, ...this.wordComparison());
    }
  }

  private wordComparison(): [string, ConstantKind[]] {
    if (this.takeWord('BETWEEN')) {
      const from = this.constant();
      this.needWord('AND');
      return ['BETWEEN', [from, this.constant()]];
    }
    if (this.takeWord('LIKE')) {
      return ['LIKE', [this.constant()]];
    }
    if (this.takeWord('IN')) {
      this.need('(');
      const constants = [this.constant()];
      while (this.takeOperator(',')) {
        constants.push(this.constant());
      }
      this.need(')');
      return ['IN', constants];
    }
    return this.fail('a comparison (=, <>, !=, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL)');
  }

  private path(): string[] {
    const names: string[] = [];
    do {
      const { kind, text } = this.current;
      if (kind !== 'quoted' && (kind !== 'word' || RESERVED.includes(text.toUpperCase()))) {
        this.fail('a column');
      }
      names.push(text.toLowerCase());
      this.next += 1;
    } while (this.takeOperator('.'));
    return names;
  }

  private constant(): ConstantKind {
    if (this.takeWord('TRUE') || this.takeWord('FALSE')) {
      return 'boolean';
    }
    const { kind } = this.current;
    if (kind !== 'text' && kind !== 'number') {
      this.fail('a constant: \'text\' in single quotes, a number, TRUE or FALSE');
    }
    this.next += 1;
    return kind as ConstantKind;
  }

  private add(path: string[], operator: string, constants: ConstantKind[]): void {
    this.found.push({ path, operator, constants });
  }

  private get current(): Token {
    return this.tokens[this.next];
  }

  private takeWord(word: string): boolean {
    return this.take('word', word);
  }

  private takeOperator(operator: string): boolean {
    return this.take('operator', operator);
  }

  private take(kind: Token['kind'], text: string): boolean {
    const found = this.current.kind === kind && this.current.text.toUpperCase() === text;
    this.next += found ? 1 : 0;
    return found;
  }

  private need(operator: string): void {
    if (!this.takeOperator(operator)) {
      this.fail(operator);
    }
  }

  private needWord(word: string): void {
    if (!this.takeWord(word)) {
      this.fail(word);
    }
  }

  private fail(expected: string): never {
    throw new Error(`expected ${expected} at position ${this.current.at}, and found ${this.current.text}`);
  }
}
