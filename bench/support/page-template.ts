import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { flatRecord } from './flat-record';

/** Pages of either kind have about half a megabyte. */
export const RECORDS_A_PAGE = { nested: 500, flat: 2_000 };
export type PageKind = keyof typeof RECORDS_A_PAGE;

const PAGES = 4;
const MARK = Buffer.from('"uuid":"');
const DIGITS = 8;

/** Bytes of recorded records that can be numbered, so that no two pages have a record in common. */
export class PageTemplate {
  private readonly places: number[] = [];

  constructor(private readonly bytes: Buffer) {
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      this.places.push(at + MARK.length);
    }
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Puts the number in the first digits of every record's uuid. The bytes are the template's own, until the next call. */
  numbered(number: number): Buffer {
    const digits = Buffer.from(number.toString(16).padStart(DIGITS, '0'));
    this.places.forEach((place) => digits.copy(this.bytes, place));
    return this.bytes;
  }

  copy(number: number): Buffer {
    return Buffer.from(this.numbered(number));
  }
}

/** A few pages: the recorded ones of the example, as the API sent them, or made ones. */
export function pagesOf(root: string, kind: PageKind): Buffer[] {
  return Array.from({ length: PAGES }, (_, index) => (kind === 'nested' ? recordedPage(root, index + 1) : flatPage(index)));
}

function recordedPage(root: string, number: number): Buffer {
  return gunzipSync(readFileSync(join(root, `examples/randomuser/recorded/page-${number}.json.gz`)));
}

function flatPage(index: number): Buffer {
  const first = index * RECORDS_A_PAGE.flat;
  return Buffer.from(JSON.stringify({ results: Array.from({ length: RECORDS_A_PAGE.flat }, (_, record) => flatRecord(first + record)) }));
}

/** The records of a page, one a line. */
export function linesOf(page: Buffer): Buffer {
  const { results } = JSON.parse(page.toString()) as { results: unknown[] };
  return Buffer.from(results.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
