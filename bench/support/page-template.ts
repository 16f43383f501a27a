import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const RECORDED_PAGES = 4;
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

/** The recorded pages of the example, 500 nested records each, as the API sent them. */
export function recordedPages(root: string): Buffer[] {
  const folder = join(root, 'examples/randomuser/recorded');
  return Array.from({ length: RECORDED_PAGES }, (_, index) => gunzipSync(readFileSync(join(folder, `page-${index + 1}.json.gz`))));
}

/** The records of a page, one a line. */
export function linesOf(page: Buffer): Buffer {
  const { results } = JSON.parse(page.toString()) as { results: unknown[] };
  return Buffer.from(results.map((record) => `${JSON.stringify(record)}\n`).join(''));
}
