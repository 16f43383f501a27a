import { Byte } from './bytes';
import { endOfString, endOfValue, skipSpace } from './json-bytes';
import { JsonPathStep, parseJsonPath } from '../../../src/spec/json-path';

/** Where a wanted value stands, below what was entered so far. */
interface Branch {
  readonly key: Buffer;
  readonly children: Branch[];
  /** Places of the paths that end here. */
  readonly found: number[];
}

/**
 * Reads a few values of a record by their paths, as the text that the API sent: a number of any length stays
 * exact. The record must have passed the scanner: nothing is checked here.
 */
export class FieldReader {
  private readonly root: Branch = { key: Buffer.alloc(0), children: [], found: [] };
  private readonly count: number;
  private buffer: Buffer = Buffer.alloc(0);
  private texts: (string | undefined)[] = [];

  constructor(paths: readonly string[]) {
    paths.forEach((path, index) => branchOf(this.root, parseJsonPath(path)).found.push(index));
    this.count = paths.length;
  }

  /** The JSON text at each path; undefined where there is none. */
  read(buffer: Buffer, start: number, end: number): readonly (string | undefined)[] {
    this.buffer = buffer;
    this.texts = new Array<string | undefined>(this.count).fill(undefined);
    this.value(skipSpace(buffer, start), this.root, end);
    return this.texts;
  }

  /** Returns the index after the value. */
  private value(at: number, branch: Branch, end: number): number {
    const after = branch.children.length > 0 && this.buffer[at] === Byte.OpenBrace ? this.object(at, branch, end) : endOfValue(this.buffer, at, end);
    for (const index of branch.found) {
      this.texts[index] = this.buffer.toString('utf8', at, after);
    }
    return after;
  }

  private object(at: number, branch: Branch, end: number): number {
    const { buffer } = this;
    at = skipSpace(buffer, at + 1);
    while (buffer[at] !== Byte.CloseBrace) {
      const close = endOfString(buffer, at);
      const child = this.child(branch, at + 1, close - 1);
      at = skipSpace(buffer, skipSpace(buffer, close) + 1); // behind the colon
      at = skipSpace(buffer, child ? this.value(at, child, end) : endOfValue(buffer, at, end));
      if (buffer[at] === Byte.Comma) {
        at = skipSpace(buffer, at + 1);
      }
    }
    return at + 1;
  }

  private child(branch: Branch, start: number, end: number): Branch | undefined {
    const written = this.buffer.subarray(start, end);
    const key = written.includes(Byte.Backslash) ? Buffer.from(JSON.parse(`"${written.toString()}"`) as string) : written;
    return branch.children.find((each) => each.key.equals(key));
  }
}

function branchOf(root: Branch, steps: readonly JsonPathStep[]): Branch {
  let branch = root;
  for (const step of steps) {
    const key = Buffer.from('key' in step ? step.key : '[*]');
    let child = branch.children.find((each) => each.key.equals(key));
    if (!child) {
      child = { key, children: [], found: [] };
      branch.children.push(child);
    }
    branch = child;
  }
  return branch;
}

/** A value as requests carry it: text decoded, a number as its digits; undefined for null and for what is no single value. */
export function scalarText(json: string | undefined): string | undefined {
  if (json === undefined || json === 'null' || json.startsWith('{') || json.startsWith('[')) {
    return undefined;
  }
  return json.startsWith('"') ? JSON.parse(json) as string : json;
}
