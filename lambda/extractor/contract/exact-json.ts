import { randomUUID } from 'node:crypto';
import { Decimal } from './decimal';
import { Byte } from '../scan/bytes';
import { endOfString, endOfValue } from '../scan/json-bytes';

/** A decimal of up to 15 digits is the same number as a double; a longer text may be another one. */
const DOUBLE_DIGITS = 15;

/** Stands for an exact number while JSON is parsed; no record can know it. */
const MARK = randomUUID();

/** The numbers that a double cannot hold, by the object or array they stand in and their key or index. */
const EXACT = new WeakMap<object, Map<string, Decimal>>();

/** The number at a place of a value that `parseExact` made, exactly as it was written. */
export function decimalAt(parent: object, key: string | number, value: number): Decimal {
  return EXACT.get(parent)?.get(String(key)) ?? Decimal.of(String(value));
}

/**
 * Parses valid JSON. A number that a double cannot hold is a stand-in in the value, an integer or none as the
 * number itself is; `decimalAt` tells the number.
 */
export function parseExact(bytes: Buffer, start: number, end: number): unknown {
  const numbers = longNumbers(bytes, start, end);
  if (numbers.length === 0) {
    return JSON.parse(bytes.toString('utf8', start, end));
  }
  let text = '';
  let at = start;
  for (const number of numbers) {
    text += `${bytes.toString('utf8', at, number.start)}{"${MARK}":"${bytes.toString('latin1', number.start, number.end)}"}`;
    at = number.end;
  }
  return JSON.parse(text + bytes.toString('utf8', at, end), unmark);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function longNumbers(bytes: Buffer, start: number, end: number): Span[] {
  const found: Span[] = [];
  for (let at = start; at < end;) {
    const byte = bytes[at];
    if (byte === Byte.Quote) {
      at = endOfString(bytes, at);
    } else if (byte === Byte.Minus || (byte >= Byte.Zero && byte <= Byte.Nine)) {
      const after = endOfValue(bytes, at, end);
      if (after - at > DOUBLE_DIGITS || hasExponent(bytes, at, after)) {
        found.push({ start: at, end: after });
      }
      at = after;
    } else {
      at++;
    }
  }
  return found;
}

function hasExponent(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] > Byte.Nine) {
      return true;
    }
  }
  return false;
}

/** A reviver: `this` is the object or array that the value stands in. */
function unmark(this: object, key: string, value: unknown): unknown {
  const text = (value as Record<string, unknown> | null)?.[MARK];
  if (typeof text !== 'string') {
    return value;
  }
  const decimal = Decimal.of(text);
  const numbers = EXACT.get(this) ?? new Map<string, Decimal>();
  EXACT.set(this, numbers.set(key, decimal));
  return decimal.isInteger ? 1 : 0.5;
}
