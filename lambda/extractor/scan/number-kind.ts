import { Kind } from './schema-node';

const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;
const BIGINT_MIN = -(2n ** 63n);
const BIGINT_MAX = 2n ** 63n - 1n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A double holds 17 significant digits at most; what has more is kept as text. */
export const MAX_SIGNIFICANT_DIGITS = 17;

/** The kind of an integer numeral. */
export function integerKind(numeral: string): Kind {
  const value = BigInt(numeral);
  if (value >= INT_MIN && value <= INT_MAX) {
    return Kind.Int;
  }
  if (value >= -SAFE && value <= SAFE) {
    return Kind.SafeBigint;
  }
  return value >= BIGINT_MIN && value <= BIGINT_MAX ? Kind.Bigint : Kind.HugeNumber;
}

/** The kind of a numeral with a fraction or an exponent. */
export function decimalKind(numeral: string): Kind {
  const digits = numeral.replace(/[eE].*/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  const value = Number(numeral);
  const underflow = value === 0 && digits !== '';
  return Number.isFinite(value) && !underflow && digits.length <= MAX_SIGNIFICANT_DIGITS ? Kind.Double : Kind.HugeNumber;
}
