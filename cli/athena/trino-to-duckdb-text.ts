import { AthenaQueryError, notSupported, Position } from './athena-error';
import { isSymbol, isWord, Token } from './sql-tokens';

/** A statement in words that DuckDB's parser reads, and where its parts stood in the statement. */
export interface PreparedText {
  readonly text: string;
  /** Position in the statement of an offset in the text. */
  positionOf(offset: number): Position | undefined;
}

/** Words of DuckDB that no Athena statement knows: they would run here and fail there, or differ. */
const DUCKDB_ONLY = ['QUALIFY', 'ILIKE', 'GLOB', 'SIMILAR', 'ASOF', 'POSITIONAL', 'PIVOT', 'UNPIVOT', 'PIVOT_WIDER', 'PIVOT_LONGER', 'SUMMARIZE', 'EXCLUDE',
  'SAMPLE', 'TABLESAMPLE', 'ISNULL', 'NOTNULL', 'COLLATE', 'MATCH_RECOGNIZE', 'LATERAL', 'GROUPS'];

/** Functions that DuckDB's parser puts in by itself; written out, they are DuckDB's and not Trino's. */
const INTERNAL_FUNCTIONS = ['TRUNC', 'DATE_PART', 'COUNT_STAR', 'LIKE_ESCAPE', 'NOT_LIKE_ESCAPE', 'GET_CURRENT_TIMESTAMP', 'TO_YEARS', 'TO_MONTHS', 'TO_WEEKS', 'TO_DAYS',
  'TO_HOURS', 'TO_MINUTES', 'TO_SECONDS'];

/** Marks `varchar(n)`, whose length DuckDB's parser drops. */
export const VARCHAR_TYPE = '__varchar_';

/** Marks `timestamp(6)`, which DuckDB's parser makes a plain timestamp. */
export const TIMESTAMP_6_TYPE = '__timestamp_6';

/** Puts Trino's types into DuckDB's words and refuses what only DuckDB would understand. */
export function toDuckdbText(tokens: readonly Token[]): PreparedText {
  return new TextWriter(tokens).write();
}

interface Parenthesis {
  /** The word before it. */
  readonly opens: string | undefined;
  commas: number;
}

class TextWriter {
  private text = '';
  private readonly starts: { offset: number; token: Token }[] = [];
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  write(): PreparedText {
    const parentheses: Parenthesis[] = [];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at];
      this.refuse(token);
      if (isSymbol(token, '(')) {
        parentheses.push({ opens: this.tokens[this.at - 1]?.value, commas: 0 });
      } else if (isSymbol(token, ',') && parentheses.length > 0) {
        parentheses[parentheses.length - 1].commas++;
      } else if (isSymbol(token, ')')) {
        const closed = parentheses.pop();
        if (closed?.opens === 'IF' && closed.commas === 1) {
          this.text += ' , NULL';
        }
      }
      this.emit(token, this.isPlainAt(token) ? '"at"' : token.text);
      if (isWord(token, 'AS') && ['CAST', 'TRY_CAST'].includes(parentheses.at(-1)?.opens ?? '')) {
        const start = this.tokens[this.at];
        this.emit(start, this.type(), false);
      }
    }
    const { starts, text } = this;
    return { text, positionOf: (offset) => starts.filter((start) => start.offset <= offset).at(-1)?.token };
  }

  private emit(token: Token | undefined, text: string, advance = true): void {
    if (token) {
      this.starts.push({ offset: this.text.length + 1, token });
    }
    this.text += ` ${text}`;
    this.at += advance ? 1 : 0;
  }

  private refuse(token: Token): void {
    const before = this.tokens[this.at - 1];
    if (token.kind === 'backtick') {
      throw new AthenaQueryError('SYNTAX_ERROR', `backquoted identifiers are not supported; use double quotes to quote identifiers: ${token.text}`, token);
    }
    const asName = isSymbol(before, '.') || isWord(before, 'AS') || isSymbol(this.tokens[this.at + 1], '.');
    if (isWord(token, ...DUCKDB_ONLY) && !asName) {
      throw notSupported(`the word ${token.value} (quote it if it is a name)`, token);
    }
    if (isWord(token, ...INTERNAL_FUNCTIONS) && isSymbol(this.tokens[this.at + 1], '(')) {
      throw new AthenaQueryError('FUNCTION_NOT_FOUND', `Function '${token.text.toLowerCase()}' not registered`, token);
    }
    if (isWord(before, 'VALUES') && !isSymbol(token, '(')) {
      throw notSupported('VALUES without parentheses around each row', token);
    }
    if (isSymbol(token, '[') && !isWord(before, 'ARRAY') && !this.subscripts(before)) {
      throw new AthenaQueryError('SYNTAX_ERROR', "mismatched input '['. Write ARRAY[...] for an array", token);
    }
    if (isSymbol(token, ':')) {
      throw new AthenaQueryError('SYNTAX_ERROR', 'unexpected ":"', token);
    }
    if (isSymbol(token, '=>') || isSymbol(token, '?')) {
      throw notSupported(`"${token.text}"`, token);
    }
    // `//`, `**` and `::` cannot come from one Trino expression.
    if (token.kind === 'symbol' && token.text === before?.text && '/*%'.includes(token.text)) {
      throw new AthenaQueryError('SYNTAX_ERROR', `mismatched input '${token.text}'`, token);
    }
  }

  /** A name in Trino, unless a zone follows; a keyword in DuckDB. */
  private isPlainAt(token: Token): boolean {
    return isWord(token, 'AT') && !isWord(this.tokens[this.at + 1], 'TIME');
  }

  private subscripts(before: Token | undefined): boolean {
    return before !== undefined && (before.kind === 'quoted' || isSymbol(before, ')') || isSymbol(before, ']')
      || (before.kind === 'word' && !isWord(before, 'SELECT', 'IN', 'AND', 'OR', 'NOT', 'WHERE', 'BY', 'THEN', 'ELSE', 'WHEN', 'VALUES', 'FROM', 'ON', 'BETWEEN', 'LIKE')));
  }

  /** Reads a Trino type and returns DuckDB's. */
  private type(): string {
    const token = this.next();
    const name = token.kind === 'word' ? token.value : '';
    switch (name) {
      case 'BOOLEAN': case 'TINYINT': case 'SMALLINT': case 'INTEGER': case 'BIGINT': case 'DATE': case 'JSON': return name;
      case 'INT': return 'INTEGER';
      case 'REAL': return 'FLOAT';
      case 'DOUBLE':
        this.take('PRECISION');
        return 'DOUBLE';
      case 'DECIMAL': case 'NUMERIC': return `DECIMAL(${this.numbers() ?? '38, 0'})`;
      case 'VARCHAR': {
        const length = this.numbers();
        return length === undefined ? 'VARCHAR' : `${VARCHAR_TYPE}${length}`;
      }
      case 'TIMESTAMP': return this.timestamp(token);
      case 'ARRAY': return `${this.inside(() => this.type())}[]`;
      case 'MAP': return `MAP(${this.inside(() => [this.type(), this.expect(','), this.type()].join(''))})`;
      case 'ROW': return `STRUCT(${this.inside(() => this.fields())})`;
      default: throw notSupported(`the type ${token.text}`, token);
    }
  }

  private timestamp(token: Token): string {
    const digits = this.numbers();
    if (digits !== undefined && digits !== '3' && digits !== '6') {
      throw notSupported(`timestamp(${digits}) (timestamp(3) and timestamp(6) are)`, token);
    }
    if (this.take('WITH')) {
      if (digits === '6') {
        throw notSupported('timestamp(6) with time zone', token);
      }
      this.take('TIME');
      this.take('ZONE');
      return 'TIMESTAMPTZ';
    }
    return digits === '6' ? TIMESTAMP_6_TYPE : 'TIMESTAMP';
  }

  private fields(): string {
    const fields: string[] = [];
    do {
      const name = this.next();
      if (isSymbol(this.tokens[this.at], ',') || isSymbol(this.tokens[this.at], ')')) {
        throw notSupported('a row type whose fields have no names', name);
      }
      fields.push(`"${(name.kind === 'word' ? name.text.toLowerCase() : name.value).replace(/"/g, '""')}" ${this.type()}`);
    } while (this.takeSymbol(','));
    return fields.join(', ');
  }

  private inside(content: () => string): string {
    const close = this.takeSymbol('<') ? '>' : (this.expect('('), ')');
    const text = content();
    this.expect(close);
    return text;
  }

  private numbers(): string | undefined {
    if (!this.takeSymbol('(')) {
      return undefined;
    }
    const found = [this.next().text];
    while (this.takeSymbol(',')) {
      found.push(this.next().text);
    }
    this.expect(')');
    return found.join(', ');
  }

  private next(): Token {
    const token = this.tokens[this.at++];
    if (!token) {
      throw new AthenaQueryError('SYNTAX_ERROR', 'the statement ends inside a type', this.tokens.at(-1));
    }
    return token;
  }

  private take(word: string): boolean {
    const found = isWord(this.tokens[this.at], word);
    this.at += Number(found);
    return found;
  }

  private takeSymbol(symbol: string): boolean {
    const found = isSymbol(this.tokens[this.at], symbol);
    this.at += Number(found);
    return found;
  }

  private expect(symbol: string): string {
    const token = this.next();
    if (!isSymbol(token, symbol)) {
      throw new AthenaQueryError('SYNTAX_ERROR', `mismatched input '${token.text}'. Expecting: '${symbol}'`, token);
    }
    return symbol;
  }
}
