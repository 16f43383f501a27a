const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A JSON number as it is written, of any length: `digits` times ten to the power of `exponent`. */
export class Decimal {
  /** @param text a number of JSON's grammar */
  static of(text: string): Decimal {
    const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text)!;
    const digits = `${whole}${fraction}`.replace(/0+$/, '');
    const significant = BigInt(digits === '' ? '0' : digits);
    if (significant === 0n) {
      return new Decimal(text, 0n, 0n);
    }
    const dropped = whole.length + fraction.length - digits.length;
    return new Decimal(text, sign === '-' ? -significant : significant, BigInt(exponent) + BigInt(dropped - fraction.length));
  }

  /** Digits end in no zero, so that equal numbers are written alike. */
  private constructor(readonly text: string, private readonly digits: bigint, private readonly exponent: bigint) {}

  get isInteger(): boolean {
    return this.exponent >= 0n;
  }

  /** The same for equal numbers, however they are written. */
  canonical(): string {
    return `${this.digits}e${this.exponent}`;
  }

  /** Below, above or equal to 0, as this number is to the other. */
  compare(other: Decimal): number {
    const [sign, otherSign] = [signOf(this.digits), signOf(other.digits)];
    if (sign !== otherSign || sign === 0) {
      return sign - otherSign;
    }
    const magnitude = signOf(this.magnitude - other.magnitude);
    if (magnitude !== 0) {
      return magnitude * sign;
    }
    // Of one magnitude, so the exponents are no further apart than the numbers are long.
    const lowest = this.exponent < other.exponent ? this.exponent : other.exponent;
    return signOf(this.digits * 10n ** (this.exponent - lowest) - other.digits * 10n ** (other.exponent - lowest));
  }

  /** @param divisor above zero */
  isMultipleOf(divisor: Decimal): boolean {
    const shift = this.exponent - divisor.exponent;
    if (shift >= 0n) {
      return (this.digits * powerOfTen(shift, divisor.digits)) % divisor.digits === 0n;
    }
    // Digits end in no zero: what has places behind those of the divisor is no multiple of it.
    return this.digits === 0n;
  }

  private get magnitude(): bigint {
    return BigInt(String(this.digits).replace('-', '').length) + this.exponent;
  }
}

const signOf = (value: bigint) => (value === 0n ? 0 : value < 0n ? -1 : 1);

/** Ten to a power that may be enormous, modulo the modulus. */
function powerOfTen(exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let base = 10n % modulus, rest = exponent; rest > 0n; rest /= 2n) {
    result = rest % 2n === 1n ? (result * base) % modulus : result;
    base = (base * base) % modulus;
  }
  return result;
}
