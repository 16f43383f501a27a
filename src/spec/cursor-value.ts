import type { CursorFormat } from './incremental-spec';

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)? ?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

export const NANOSECONDS_PER_MS = 1_000_000n;

/** Digits behind the unit of an epoch format, down to nanoseconds. */
const EPOCH_DIGITS = { epochSeconds: 9, epochMilliseconds: 6 } as const;

/**
 * A cursor's value as a number that compares exactly: nanoseconds since 1970, or the integer itself.
 * Undefined for a text of another format. A time without a zone is UTC.
 */
export function parseCursor(format: CursorFormat, text: string): bigint | undefined {
  switch (format) {
    case 'integer':
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case 'epochSeconds':
    case 'epochMilliseconds':
      return parseEpoch(text, EPOCH_DIGITS[format]);
    default:
      return parseIso(text);
  }
}

/**
 * A value as text, rounded down to what the format can say.
 *
 * @param like how the API writes its times: with or without zone, `T` or a space, date only
 */
export function renderCursor(format: CursorFormat, value: bigint, like = ''): string {
  switch (format) {
    case 'integer':
      return String(value);
    case 'epochSeconds':
    case 'epochMilliseconds':
      return String(floor(value, 10n ** BigInt(EPOCH_DIGITS[format])));
    default:
      return renderIso(Number(floor(value, NANOSECONDS_PER_MS)), format === 'date' ? '2000-01-01' : like);
  }
}

export const isNumeric = (format: CursorFormat): boolean => !['iso8601', 'date'].includes(format);

function parseEpoch(text: string, digits: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (!match) {
    return undefined;
  }
  const [, sign, whole, fraction = ''] = match;
  return BigInt(`${sign}${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`);
}

function parseIso(text: string): bigint | undefined {
  const match = ISO.exec(text);
  if (!match) {
    return undefined;
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 24 || minute > 59 || second > 60) {
    return undefined;
  }
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return BigInt(ms - offsetMs(match[8] ?? 'Z')) * NANOSECONDS_PER_MS + fraction;
}

function offsetMs(zone: string): number {
  if (/^z$/i.test(zone)) {
    return 0;
  }
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return (zone.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}

function renderIso(ms: number, like: string): string {
  const text = new Date(ms).toISOString().replace('.000Z', 'Z');
  if (like.length === '2000-01-01'.length) {
    return text.slice(0, like.length);
  }
  const zoned = like === '' || /(?:Z|z|[+-]\d\d(?::?\d\d)?)$/.test(like.slice(11)) ? text : text.slice(0, -1);
  return like[10] === ' ' ? zoned.replace('T', ' ') : zoned;
}

function floor(value: bigint, unit: bigint): bigint {
  const quotient = value / unit;
  return value < 0n && quotient * unit !== value ? quotient - 1n : quotient;
}
