/** A table that a query names. */
export interface TableReference {
  /** As written before the table, without quotes; absent for a table of the session's database. */
  readonly database?: string;
  readonly table: string;
}

interface Token {
  readonly kind: 'name' | 'symbol';
  /** Upper case for a word; the name itself for a quoted one. */
  readonly value: string;
  readonly quoted: boolean;
}

/** Comments and texts fall away; words, quoted names and symbols stay. */
const TOKEN = /--[^\n]*|\/\*.*?(?:\*\/|$)|'(?:[^']|'')*'|"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_@$]*)|\d[\w.]*|\s+|(.)/gsu;

/** The tables that a query reads, once each: not its WITH clauses, functions and columns. */
export function tableReferences(query: string): TableReference[] {
  const found = new ReferenceFinder(tokenize(query)).find();
  return [...new Map(found.map((reference) => [`${reference.database ?? ''}.${reference.table}`, reference])).values()];
}

/** The words and symbols of a statement without its comments, texts and quoted names. */
export function bareWords(query: string): string[] {
  return tokenize(query).filter((token) => !token.quoted).map((token) => token.value);
}

function tokenize(query: string): Token[] {
  return [...query.matchAll(TOKEN)].flatMap(([, quoted, word, symbol]): Token[] => {
    if (quoted !== undefined) {
      return [{ kind: 'name', value: quoted.replace(/""/g, '"'), quoted: true }];
    }
    return word !== undefined ? [{ kind: 'name', value: word.toUpperCase(), quoted: false }] : symbol !== undefined ? [{ kind: 'symbol', value: symbol, quoted: false }] : [];
  });
}

/** Words behind which a comma no longer separates tables. */
const AFTER_FROM = ['VALUES', 'WHERE', 'GROUP', 'HAVING', 'WINDOW', 'ORDER', 'OFFSET', 'LIMIT', 'FETCH', 'UNION', 'INTERSECT', 'EXCEPT', 'SELECT'];

/** Follows FROM and JOIN through the parentheses of a query. */
class ReferenceFinder {
  private readonly references: TableReference[] = [];
  /** One entry an open parenthesis: whether it holds a SELECT (`extract(x FROM y)` does not), and whether its FROM is open. */
  private readonly levels = [{ select: false, from: false }];
  /** Names of WITH clauses, and from which token on they hide tables: `WITH users AS (SELECT * FROM users)` reads a table. */
  private readonly withNames = new Map<string, number>();

  constructor(private readonly tokens: readonly Token[]) {
    tokens.forEach((_, i) => this.noteWithName(i));
  }

  find(): TableReference[] {
    this.tokens.forEach((token, i) => this.visit(token, i));
    return this.references;
  }

  private visit(token: Token, i: number): void {
    const level = this.levels[this.levels.length - 1];
    if (this.is(i, '(')) {
      // A table may stand in parentheses with what it is joined to.
      this.levels.push({ select: level.from && this.opensTable(i), from: level.from && this.opensTable(i) });
      this.take(this.levels[this.levels.length - 1].from, i + 1);
    } else if (this.is(i, ')')) {
      this.levels.pop();
    } else if (this.is(i, 'SELECT')) {
      Object.assign(level, { select: true, from: false });
    } else if (this.is(i, 'FROM') && level.select && !this.is(i - 1, 'DISTINCT')) {
      level.from = true;
      this.take(true, i + 1);
    } else if (this.is(i, 'JOIN') || (this.is(i, ',') && level.from)) {
      this.take(level.from, i + 1);
    } else if (!token.quoted && AFTER_FROM.includes(token.value)) {
      level.from = false;
    }
  }

  private opensTable(i: number): boolean {
    return ['FROM', 'JOIN', ',', '('].some((value) => this.is(i - 1, value));
  }

  /** Notes the table whose name begins here, if one does: no subquery and no table function. */
  private take(expected: boolean, start: number): void {
    const parts: string[] = [];
    let i = start;
    while (expected && this.tokens[i]?.kind === 'name') {
      parts.push(this.tokens[i].value);
      i++;
      if (!this.is(i, '.')) {
        break;
      }
      i++;
    }
    if (parts.length > 0 && !this.is(i, '(') && !['SELECT', 'WITH', 'VALUES', 'LATERAL', 'TABLE'].some((word) => this.is(start, word))) {
      const [table, database] = parts.map((part) => part.toLowerCase()).reverse();
      if (database !== undefined || !(start > (this.withNames.get(table) ?? Infinity))) {
        this.references.push({ table, ...(database === undefined ? {} : { database }) });
      }
    }
  }

  /** `WITH a AS (`, `, b (x, y) AS (`. */
  private noteWithName(i: number): void {
    if (!['WITH', 'RECURSIVE', ','].some((value) => this.is(i - 1, value)) || this.tokens[i].kind !== 'name') {
      return;
    }
    const as = this.is(i + 1, '(') ? this.closing(i + 1) + 1 : i + 1;
    if (this.is(as, 'AS') && this.is(as + 1, '(')) {
      const recursive = this.tokens.slice(0, i).some((token) => !token.quoted && token.value === 'RECURSIVE');
      this.withNames.set(this.tokens[i].value.toLowerCase(), recursive ? i : this.closing(as + 1));
    }
  }

  /** Where the parenthesis that opens here closes. */
  private closing(open: number): number {
    let depth = 0;
    const found = this.tokens.findIndex((_, i) => {
      depth += i < open ? 0 : this.is(i, '(') ? 1 : this.is(i, ')') ? -1 : 0;
      return i >= open && depth === 0;
    });
    return found < 0 ? this.tokens.length : found;
  }

  private is(i: number, value: string): boolean {
    return this.tokens[i]?.value === value && !this.tokens[i].quoted;
  }
}
