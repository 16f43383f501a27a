import { Byte } from './bytes';

/** Finds its way in the bytes of one JSON value that a scanner has found valid: nothing is checked again. */

/** Index of the first byte from `at` on that is no white space. */
export function skipSpace(bytes: Buffer, at: number): number {
  while (bytes[at] === Byte.Space || bytes[at] === Byte.LineFeed || bytes[at] === Byte.CarriageReturn || bytes[at] === Byte.Tab) {
    at++;
  }
  return at;
}

/** Index after the value that starts at `at`; a value that is no string, object or array ends at `end` at the latest. */
export function endOfValue(bytes: Buffer, at: number, end: number = bytes.length): number {
  switch (bytes[at]) {
    case Byte.Quote:
      return endOfString(bytes, at);
    case Byte.OpenBrace:
    case Byte.OpenBracket:
      return endOfContainer(bytes, at);
    default:
      return endOfLiteral(bytes, at, end);
  }
}

/** Index after the string whose opening quote stands at `at`. */
export function endOfString(bytes: Buffer, at: number): number {
  let close = bytes.indexOf(Byte.Quote, at + 1);
  while (isEscaped(bytes, close)) {
    close = bytes.indexOf(Byte.Quote, close + 1);
  }
  return close + 1;
}

/** The string between the quotes at `at` and before `end`, decoded. */
export function decodeString(bytes: Buffer, at: number, end: number): string {
  const text = bytes.toString('utf8', at + 1, end - 1);
  return text.includes('\\') ? JSON.parse(`"${text}"`) as string : text;
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let first = at;
  while (bytes[first - 1] === Byte.Backslash) {
    first--;
  }
  return (at - first) % 2 === 1;
}

function endOfContainer(bytes: Buffer, at: number): number {
  let depth = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === Byte.Quote) {
      at = endOfString(bytes, at);
      continue;
    }
    at++;
    if (byte === Byte.OpenBrace || byte === Byte.OpenBracket) {
      depth++;
    } else if ((byte === Byte.CloseBrace || byte === Byte.CloseBracket) && --depth === 0) {
      return at;
    }
  }
}

function endOfLiteral(bytes: Buffer, at: number, end: number): number {
  while (at < end && !endsLiteral(bytes[at])) {
    at++;
  }
  return at;
}

const endsLiteral = (byte: number) => byte <= Byte.Space || byte === Byte.Comma || byte === Byte.CloseBrace || byte === Byte.CloseBracket;
