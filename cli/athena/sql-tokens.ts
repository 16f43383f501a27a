import { AthenaQueryError, Position } from './athena-error';

export interface Token extends Position {
  readonly kind: 'word' | 'quoted' | 'backtick' | 'string' | 'number' | 'symbol';
  /** As it stands in the statement. */
  readonly text: string;
  /** What it names or means: words in upper case, names and strings without their quotes. */
  readonly value: string;
}

const PARTS: readonly (readonly [Token['kind'] | 'skip', RegExp])[] = [
  ['skip', /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ['word', /[\p{L}_][\p{L}\p{N}_@$]*/uy],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['backtick', /`(?:[^`]|``)*`/y],
  ['string', /'(?:[^']|'')*'/y],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['symbol', /<>|!=|<=|>=|\|\||->|=>|[-+*/%=<>().,:;[\]?]/y],
];

/** Cuts a statement into tokens; comments are left out. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let [at, line, lineStart] = [0, 1, 0];
  while (at < sql.length) {
    const position = { line, column: at - lineStart + 1 };
    const [kind, text] = match(sql, at, position);
    if (kind !== 'skip') {
      tokens.push({ kind, text, value: meaning(kind, text), ...position });
    }
    for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) {
      line++;
      lineStart = at + feed + 1;
    }
    at += text.length;
  }
  return tokens;
}

function match(sql: string, at: number, position: Position): [Token['kind'] | 'skip', string] {
  for (const [kind, pattern] of PARTS) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    if (found) {
      return [kind, found[0]];
    }
  }
  const what = sql[at] === "'" || sql[at] === '"' || sql[at] === '`' ? `${sql[at]} is never closed` : `unexpected "${sql[at]}"`;
  throw new AthenaQueryError('SYNTAX_ERROR', what, position);
}

function meaning(kind: Token['kind'], text: string): string {
  switch (kind) {
    case 'word': return text.toUpperCase();
    case 'quoted': return text.slice(1, -1).replace(/""/g, '"');
    case 'backtick': return text.slice(1, -1).replace(/``/g, '`');
    case 'string': return text.slice(1, -1).replace(/''/g, "'");
    default: return text;
  }
}

export const isWord = (token: Token | undefined, ...words: string[]) => token?.kind === 'word' && words.includes(token.value);

export const isSymbol = (token: Token | undefined, symbol: string) => token?.kind === 'symbol' && token.text === symbol;
