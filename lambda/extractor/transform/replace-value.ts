import { createHmac } from 'node:crypto';
import { DEFAULT_KEEP_LAST } from '../../../src/spec';
import { Byte } from '../scan/bytes';
import { decodeString } from '../scan/json-bytes';

/** Gives the JSON text that stands for a value; undefined leaves it as it is. */
export type ReplaceValue = (bytes: Buffer, start: number, end: number) => string | undefined;

/** Objects and lists are masked whole: their size would tell too much. */
const MASKED_CONTAINER = '"***"';

/**
 * HMAC-SHA256 in hexadecimal digits. A string is hashed by its text, anything else by its JSON as it was
 * sent, so that big integers stay apart; null stays null.
 */
export function hashValue(secret: string): ReplaceValue {
  return (bytes, start, end) => {
    if (bytes[start] === Byte.LowerN) {
      return undefined;
    }
    const content = bytes[start] === Byte.Quote ? decodeString(bytes, start, end) : bytes.subarray(start, end);
    return `"${createHmac('sha256', secret).update(content).digest('hex')}"`;
  };
}

/** Every character but the last ones becomes `*`; a value that is not longer than what may be shown is masked whole. Null stays null. */
export function maskValue(keepLast: number = DEFAULT_KEEP_LAST): ReplaceValue {
  return (bytes, start, end) => {
    switch (bytes[start]) {
      case Byte.LowerN:
        return undefined;
      case Byte.OpenBrace:
      case Byte.OpenBracket:
        return MASKED_CONTAINER;
      default: {
        const text = bytes[start] === Byte.Quote ? decodeString(bytes, start, end) : bytes.toString('latin1', start, end);
        return JSON.stringify(masked([...text], keepLast));
      }
    }
  };
}

function masked(characters: string[], keepLast: number): string {
  const shown = characters.length > keepLast ? keepLast : 0;
  const hidden = characters.length - shown;
  return '*'.repeat(hidden) + characters.slice(hidden).join('');
}
