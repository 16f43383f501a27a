import { notSupported, Position } from './athena-error';

/** MySQL's format letters (Trino, "Date and time functions") and strftime's in DuckDB. */
const LETTERS: Readonly<Record<string, string>> = {
  'a': '%a',
  'b': '%b',
  'c': '%-m',
  'd': '%d',
  'e': '%-d',
  'f': '%f',
  'H': '%H',
  'h': '%I',
  'I': '%I',
  'i': '%M',
  'j': '%j',
  'k': '%-H',
  'l': '%-I',
  'M': '%B',
  'm': '%m',
  'p': '%p',
  'r': '%I:%M:%S %p',
  'S': '%S',
  's': '%S',
  'T': '%H:%M:%S',
  'W': '%A',
  'Y': '%Y',
  'y': '%y',
  '%': '%%',
};

/** Turns the pattern of date_format and date_parse into DuckDB's. */
export function mysqlFormat(pattern: string, position?: Position): string {
  return pattern.replace(/%(.?)/gs, (_, letter: string) => {
    const own = LETTERS[letter];
    if (own === undefined) {
      throw notSupported(`the letter %${letter} in the pattern '${pattern}'`, position);
    }
    return own;
  });
}
