import { Byte } from './bytes';
import { Kind } from './schema-node';

/** A double holds 17 significant digits at most; what has more is kept as text. */
const MAX_SIGNIFICANT_DIGITS = 17;
/** Numerals longer than this are text without a closer look, which would cost the square of their length. */
const LONGEST_NUMERAL = 400;

/** By the count of digits, but for those where the value itself must be compared. */
const DIGITS_OF_INT = 10;
const DIGITS_OF_SAFE = 16;
const DIGITS_OF_BIGINT = 19;

const INT_MAX = 2 ** 31 - 1;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
const BIGINT_MAX = 2n ** 63n - 1n;

/** The kind of an integer whose digits stand between first and end. */
export function integerKind(buffer: Buffer, first: number, end: number, negative: boolean): Kind {
  const digits = end - first;
  if (digits < DIGITS_OF_INT) {
    return Kind.Int;
  }
  if (digits === DIGITS_OF_INT) {
    return valueOf(buffer, first, end) <= (negative ? INT_MAX + 1 : INT_MAX) ? Kind.Int : Kind.SafeBigint;
  }
  if (digits < DIGITS_OF_SAFE) {
    return Kind.SafeBigint;
  }
  if (digits === DIGITS_OF_SAFE) {
    return BigInt(buffer.toString('latin1', first, end)) <= SAFE_MAX ? Kind.SafeBigint : Kind.Bigint;
  }
  if (digits === DIGITS_OF_BIGINT) {
    return BigInt(buffer.toString('latin1', first, end)) <= (negative ? BIGINT_MAX + 1n : BIGINT_MAX) ? Kind.Bigint : Kind.HugeNumber;
  }
  return digits < DIGITS_OF_BIGINT ? Kind.Bigint : Kind.HugeNumber;
}

/** The kind of a numeral with a fraction or an exponent, without its sign. */
export function decimalKind(buffer: Buffer, first: number, end: number, hasExponent: boolean): Kind {
  const notSignificant = buffer[first] === Byte.Zero ? 2 : 1; // "0." or "."
  if (!hasExponent && end - first - notSignificant <= MAX_SIGNIFICANT_DIGITS) {
    return Kind.Double;
  }
  if (end - first > LONGEST_NUMERAL) {
    return Kind.HugeNumber;
  }
  const numeral = buffer.toString('latin1', first, end);
  const digits = numeral.replace(/[eE].*/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  const value = Number(numeral);
  const underflow = value === 0 && digits !== '';
  return Number.isFinite(value) && !underflow && digits.length <= MAX_SIGNIFICANT_DIGITS ? Kind.Double : Kind.HugeNumber;
}

function valueOf(buffer: Buffer, first: number, end: number): number {
  let value = 0;
  for (let at = first; at < end; at++) {
    value = value * 10 + buffer[at] - Byte.Zero;
  }
  return value;
}
