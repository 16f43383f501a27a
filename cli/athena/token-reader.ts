import { AthenaQueryError, notSupported } from './athena-error';
import { refuseReserved } from './ddl-reserved-words';
import { isSymbol, isWord, Token } from './sql-tokens';

/** A table as a statement names it. */
export interface NamedTable {
  readonly database: string | undefined;
  readonly table: string;
  readonly token: Token;
}

/** Words that end an unquoted alias's place. */
const NO_ALIAS = ['USING', 'ON', 'SET', 'WHERE', 'WHEN', 'AS'];

/** Reads the tokens of one statement, one after the other. */
export class TokenReader {
  at = 0;

  constructor(readonly tokens: readonly Token[], private readonly names: 'backticks' | 'double quotes') {}

  get current(): Token | undefined { return this.tokens[this.at]; }

  /** The token to name in a complaint: the current one, or the last. */
  get here(): Token { return this.current ?? this.tokens[this.tokens.length - 1]; }

  next(): Token {
    return this.tokens[this.at++] ?? this.mismatch('more');
  }

  isWord(...words: string[]): boolean { return isWord(this.current, ...words); }

  /** Whether these words follow one another here; moves behind them if so. */
  take(...words: string[]): boolean {
    const found = words.every((word, i) => isWord(this.tokens[this.at + i], word));
    this.at += found ? words.length : 0;
    return found;
  }

  takeSymbol(symbol: string): boolean {
    const found = isSymbol(this.current, symbol);
    this.at += Number(found);
    return found;
  }

  expect(...words: string[]): void {
    if (!this.take(...words)) {
      this.mismatch(`'${words.join(' ')}'`);
    }
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) {
      this.mismatch(`'${symbol}'`);
    }
  }

  end(): void {
    if (this.current) {
      this.mismatch('<EOF>');
    }
  }

  /** A name, in lower case as the catalogue keeps it. */
  name(): string {
    const token = this.current;
    const other = this.names === 'backticks' ? 'quoted' : 'backtick';
    if (token?.kind === other) {
      throw new AthenaQueryError('SYNTAX_ERROR', `mismatched input '${token.text}': quote names with ${this.names} in this statement`, token);
    }
    if (!token || !['word', 'quoted', 'backtick'].includes(token.kind)) {
      this.mismatch('an identifier');
    }
    if (this.names === 'backticks') {
      refuseReserved(token);
    }
    this.at++;
    return (token.kind === 'word' ? token.text : token.value).toLowerCase();
  }

  table(): NamedTable {
    const token = this.here;
    const parts = [this.name()];
    while (this.takeSymbol('.')) {
      parts.push(this.name());
    }
    if (parts.length === 3 && parts.shift() !== 'awsdatacatalog') {
      throw new AthenaQueryError('CATALOG_NOT_FOUND', 'the local lake has the catalog awsdatacatalog only', token);
    }
    if (parts.length > 2) {
      this.mismatch('a table name');
    }
    const table = parts.pop() ?? '';
    return { database: parts.pop(), table, token };
  }

  /** `[AS] alias`, if one stands here. */
  alias(): string | undefined {
    if (this.take('AS')) {
      return this.name();
    }
    const here = this.current;
    return here && (here.kind === 'quoted' || (here.kind === 'word' && !NO_ALIAS.includes(here.value))) ? this.name() : undefined;
  }

  /** Text in single quotes. */
  string(): string {
    const token = this.next();
    return token.kind === 'string' ? token.value : this.mismatch('a text in single quotes', token);
  }

  /** `(a, b, c)`. */
  list<T>(one: () => T): T[] {
    const found: T[] = [];
    this.expectSymbol('(');
    do {
      found.push(one());
    } while (this.takeSymbol(','));
    this.expectSymbol(')');
    return found;
  }

  /** The tokens up to one that stands outside of parentheses and of CASE ... END, and fulfils the condition. */
  until(stop: (token: Token) => boolean): readonly Token[] {
    const start = this.at;
    let depth = 0;
    for (let token = this.current; token; token = this.tokens[++this.at]) {
      if (depth === 0 && stop(token)) {
        break;
      }
      if (depth === 0 && [')', ']'].includes(token.text)) {
        this.mismatch('the end of the expression');
      }
      if (['(', '['].includes(token.text) || isWord(token, 'CASE')) {
        depth++;
      } else if ([')', ']'].includes(token.text) || (depth > 0 && isWord(token, 'END'))) {
        depth--;
      }
    }
    return this.at > start ? this.tokens.slice(start, this.at) : this.mismatch('an expression');
  }

  rest(): readonly Token[] {
    return this.until(() => false);
  }

  refuse(what: string): never {
    throw notSupported(what, this.here);
  }

  mismatch(expected: string, token = this.current): never {
    throw new AthenaQueryError('SYNTAX_ERROR', `mismatched input '${token?.text ?? '<EOF>'}'. Expecting: ${expected}`, token ?? this.here);
  }
}
