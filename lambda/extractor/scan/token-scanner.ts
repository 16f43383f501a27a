/* eslint-disable no-bitwise -- the hottest code of the product: letters are folded by a bit */
import { Byte } from './bytes';
import { malformed } from './malformed';
import { decimalKind, integerKind } from './number-kind';
import { Kind } from './schema-node';
import { Window } from './window';

/** The token is not wholly in the window: scan it again when there is more. */
export const INCOMPLETE = -1;

const HEX_DIGITS_OF_ESCAPE = 4;

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/** 1 for every byte that ends a run of plain bytes in a string. */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < Byte.Space || byte === Byte.Quote || byte === Byte.Backslash ? 1 : 0));

/** 1 for every byte that may follow a backslash, but for the `u`. */
const IS_ESCAPE = Uint8Array.from({ length: 256 }, (_, byte) => ('"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0));

/**
 * Finds where the tokens of JSON end, and builds nothing.
 * The byte after the window's end is 0: no token holds it, so that it ends every loop without a test of the index.
 */
export class TokenScanner {
  buffer: Buffer = Buffer.alloc(1);
  /** Index after the window's last byte. */
  end = 0;
  /** The kind of the number or literal that was scanned last. */
  protected kind: Kind = Kind.Null;
  /** Offset in the response of the buffer's first byte. */
  private origin = 0;

  look(window: Window): void {
    this.buffer = window.buffer;
    this.end = window.end;
    this.origin = window.origin;
  }

  skipSpace(at: number): number {
    const buffer = this.buffer;
    let byte = buffer[at];
    while (byte === Byte.Space || byte === Byte.LineFeed || byte === Byte.CarriageReturn || byte === Byte.Tab) {
      byte = buffer[++at];
    }
    return at;
  }

  /** Scans the string whose opening quote stands at `at`; returns the index after the closing one, or INCOMPLETE. */
  string(at: number): number {
    const buffer = this.buffer;
    for (;;) {
      do {
        at++;
      } while (ENDS_RUN[buffer[at]] === 0);
      if (buffer[at] === Byte.Quote) {
        return at + 1;
      }
      if (buffer[at] !== Byte.Backslash) {
        return this.stopped(at, 'a string without control characters');
      }
      at = this.escape(at + 1);
      if (at < 0) {
        return INCOMPLETE;
      }
    }
  }

  /** INCOMPLETE when the window ends here, and the error otherwise. */
  stopped(at: number, expected: string): number {
    if (at >= this.end) {
      return INCOMPLETE;
    }
    throw this.malformed(`${expected} expected`, at);
  }

  malformed(what: string, at: number): Error {
    return malformed(what, this.origin + at);
  }

  protected number(at: number): number {
    const buffer = this.buffer;
    const start = at;
    if (buffer[at] === Byte.Minus) {
      at++;
    }
    const firstDigit = at;
    const first = buffer[at];
    if (first < Byte.Zero || first > Byte.Nine) {
      return this.stopped(at, 'a digit');
    }
    // A zero stands alone: what follows it is the next token, and not what is expected there.
    at = first === Byte.Zero ? at + 1 : this.digits(at);
    const byte = buffer[at];
    if (byte === Byte.Dot || (byte | Byte.LowerCaseBit) === Byte.LowerE) {
      return this.decimal(firstDigit, at);
    }
    if (at >= this.end) {
      return INCOMPLETE; // it may go on in the next chunk
    }
    this.kind = integerKind(buffer, firstDigit, at, firstDigit > start);
    return at;
  }

  protected literal(at: number): number {
    const first = this.buffer[at];
    if (first === Byte.LowerN) {
      this.kind = Kind.Null;
      return this.word(at, NULL);
    }
    this.kind = Kind.Boolean;
    if (first === Byte.LowerT) {
      return this.word(at, TRUE);
    }
    return first === Byte.LowerF ? this.word(at, FALSE) : this.stopped(at, 'a value');
  }

  private decimal(firstDigit: number, at: number): number {
    const buffer = this.buffer;
    if (buffer[at] === Byte.Dot) {
      at = this.someDigits(at + 1);
    }
    const hasExponent = at > 0 && (buffer[at] | Byte.LowerCaseBit) === Byte.LowerE;
    if (hasExponent) {
      const sign = buffer[++at];
      at = this.someDigits(sign === Byte.Plus || sign === Byte.Minus ? at + 1 : at);
    }
    if (at < 0 || at >= this.end) {
      return INCOMPLETE;
    }
    this.kind = decimalKind(buffer, firstDigit, at, hasExponent);
    return at;
  }

  private digits(at: number): number {
    const buffer = this.buffer;
    let byte: number;
    do {
      byte = buffer[++at];
    } while (byte >= Byte.Zero && byte <= Byte.Nine);
    return at;
  }

  private someDigits(at: number): number {
    const byte = this.buffer[at];
    return byte >= Byte.Zero && byte <= Byte.Nine ? this.digits(at) : this.stopped(at, 'a digit');
  }

  /** `at` is the byte after the backslash; returns the last byte of the escape. */
  private escape(at: number): number {
    const buffer = this.buffer;
    if (buffer[at] !== Byte.LowerU) {
      return IS_ESCAPE[buffer[at]] === 1 ? at : this.stopped(at, 'an escape');
    }
    for (let digit = 0; digit < HEX_DIGITS_OF_ESCAPE; digit++) {
      const byte = buffer[++at];
      const letter = byte | Byte.LowerCaseBit;
      if (!((byte >= Byte.Zero && byte <= Byte.Nine) || (letter >= Byte.LowerA && letter <= Byte.LowerF))) {
        return this.stopped(at, 'a hexadecimal digit');
      }
    }
    return at;
  }

  private word(at: number, word: Buffer): number {
    const buffer = this.buffer;
    for (let index = 0; index < word.length; index++) {
      if (buffer[at + index] !== word[index]) {
        return this.stopped(at + index, `"${word.toString()}"`);
      }
    }
    return at + word.length;
  }
}
