/** How the OpenX JSON SerDe turns a numeral or a text into a column's type; undefined is NULL. Measured on Trino 483. */

const NUMERAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

interface Numeral {
  readonly negative: boolean;
  /** value = digits / 10^scale */
  readonly digits: bigint;
  readonly scale: number;
}

/** What follows the exponent is bounded: 1e999999999 would be a gigabyte of zeros. */
const MAX_EXPONENT = 400;

function parse(text: string): Numeral | undefined {
  const match = NUMERAL.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || (whole === '' && fraction === '')) {
    return undefined;
  }
  return { negative: sign === '-', digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

/** A whole number of so many bits: fractions are cut, what does not fit is NULL, silently. */
export function wholeNumeral(text: string, bits: number): string | undefined {
  const value = /^0[xX][0-9a-fA-F]+$/.test(text) ? BigInt(text) : truncated(text);
  return value !== undefined && value === BigInt.asIntN(bits, value) ? value.toString() : undefined;
}

function truncated(text: string): bigint | undefined {
  const numeral = parse(text);
  if (!numeral || Math.abs(numeral.scale) > MAX_EXPONENT) {
    return undefined;
  }
  const { digits, scale, negative } = numeral;
  const value = scale > 0 ? digits / 10n ** BigInt(scale) : digits * 10n ** BigInt(-scale);
  return negative ? -value : value;
}

/** A decimal, rounded half up to its scale, in quotes so that no reader takes it for a double. */
export function decimalNumeral(text: string, precision: number, scale: number): string | undefined {
  const numeral = parse(text);
  if (!numeral || Math.abs(numeral.scale) > MAX_EXPONENT) {
    return undefined;
  }
  const shift = numeral.scale - scale;
  const unit = 10n ** BigInt(Math.abs(shift));
  const unscaled = shift > 0 ? (numeral.digits + unit / 2n) / unit : numeral.digits * unit;
  const digits = unscaled.toString().padStart(scale + 1, '0');
  if (unscaled.toString().length > precision && unscaled !== 0n) {
    return undefined;
  }
  const sign = numeral.negative && unscaled !== 0n ? '-' : '';
  return `"${sign}${digits.slice(0, digits.length - scale)}${scale > 0 ? `.${digits.slice(-scale)}` : ''}"`;
}

/**
 * The text of a numeral in a string column: `1.50` stays, but Java's BigDecimal prints exponents its own way
 * (`1e3` is `1E+3`).
 */
export function javaNumeral(text: string): string {
  if (!/[eE]/.test(text)) {
    return text === '-0' ? '0' : text;
  }
  const { negative, digits, scale } = parse(text) as Numeral;
  const all = digits.toString();
  const adjusted = all.length - 1 - scale;
  let body: string;
  if (scale >= 0 && adjusted >= -6) {
    const padded = all.padStart(scale + 1, '0');
    body = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  } else {
    const mantissa = all.length > 1 ? `${all[0]}.${all.slice(1)}` : all;
    body = `${mantissa}E${adjusted >= 0 ? '+' : ''}${adjusted}`;
  }
  return negative && digits !== 0n ? `-${body}` : body;
}

const TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;

/** A timestamp from text (with a zone: in UTC), from milliseconds or, with a fraction, from seconds since 1970. */
export function timestampText(text: string): string | undefined {
  if (/^-?\d{1,15}$/.test(text)) {
    return isoMillis(Number(text));
  }
  if (/^-?\d{1,12}\.\d+$/.test(text)) {
    return isoMillis(Math.round(Number(text) * 1000));
  }
  const match = TIMESTAMP.exec(text);
  if (!match || !validDay(match[1], match[2], match[3])) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${hour}:${minute}:${second}${fraction.slice(0, 4)}`;
  const millis = Date.parse(iso + (zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`));
  return isoMillis(millis);
}

/** A day from text, whatever time follows it, or from the number of days since 1970. */
export function dateText(text: string): string | undefined {
  if (/^-?\d{1,7}$/.test(text)) {
    return isoMillis(Number(text) * 86_400_000)?.replace(/ .*/, '"');
  }
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$/.exec(text);
  return match && validDay(match[1], match[2], match[3]) ? `"${match[1]}-${match[2].padStart(2, '0')}-${match[3].padStart(2, '0')}"` : undefined;
}

function isoMillis(millis: number): string | undefined {
  return Number.isNaN(millis) || Math.abs(millis) > 8.64e15 ? undefined : JSON.stringify(new Date(millis).toISOString().replace('T', ' ').replace('Z', ''));
}

function validDay(year: string, month: string, day: string): boolean {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
