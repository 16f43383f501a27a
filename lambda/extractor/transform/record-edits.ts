import { TransformNode } from './transform-tree';
import { Byte } from '../scan/bytes';
import { decodeString, endOfString, endOfValue, skipSpace } from '../scan/json-bytes';

/** Bytes of a record and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the transforms change in a record, in the order of its bytes; everything between stays as it was sent. */
export function editsOf(bytes: Buffer, root: TransformNode): Edit[] {
  const edits: Edit[] = [];
  visit(bytes, 0, root, edits);
  return edits;
}

/** Two fields of one name would be one column: one of them would be lost without a word. */
export class RenameCollision extends Error {
  constructor(readonly field: string) {
    super('rename collision');
  }
}

/** Returns the index after the value that starts at `at`. */
function visit(bytes: Buffer, at: number, node: TransformNode | undefined, edits: Edit[]): number {
  if (node?.replace) {
    const end = endOfValue(bytes, at);
    const text = node.replace(bytes, at, end);
    if (text !== undefined) {
      edits.push({ start: at, end, text });
    }
    return end;
  }
  if (node && bytes[at] === Byte.OpenBrace && node.children.size > 0) {
    return visitObject(bytes, at, node, edits);
  }
  if (node?.every && bytes[at] === Byte.OpenBracket) {
    return visitArray(bytes, at, node.every, edits);
  }
  return endOfValue(bytes, at);
}

function visitObject(bytes: Buffer, open: number, node: TransformNode, edits: Edit[]): number {
  const names = new NewNames(node);
  const dropping = new Dropping(edits);
  let at = skipSpace(bytes, open + 1);
  while (bytes[at] !== Byte.CloseBrace) {
    const endOfKey = endOfString(bytes, at);
    const key = decodeString(bytes, at, endOfKey);
    const child = node.children.get(key);
    if (child?.drop !== true) {
      dropping.kept(at);
      names.see(key, child);
      if (child?.rename !== undefined) {
        edits.push({ start: at, end: endOfKey, text: JSON.stringify(child.rename) });
      }
    }
    const value = skipSpace(bytes, skipSpace(bytes, endOfKey) + 1);
    const end = visit(bytes, value, child?.drop === true ? undefined : child, edits);
    dropping.member(at, end, child?.drop === true);
    at = skipSpace(bytes, end);
    if (bytes[at] === Byte.Comma) {
      at = skipSpace(bytes, at + 1);
    }
  }
  dropping.end();
  return at + 1;
}

function visitArray(bytes: Buffer, open: number, every: TransformNode, edits: Edit[]): number {
  let at = skipSpace(bytes, open + 1);
  while (bytes[at] !== Byte.CloseBracket) {
    at = skipSpace(bytes, visit(bytes, at, every, edits));
    if (bytes[at] === Byte.Comma) {
      at = skipSpace(bytes, at + 1);
    }
  }
  return at + 1;
}

/** Takes members out of one object together with the comma that they leave over. */
class Dropping {
  private first: number | undefined;
  private endOfKept: number | undefined;
  private endOfLast = 0;

  constructor(private readonly edits: Edit[]) {}

  /** Before the edits of a member that stays: what was dropped right before it goes, up to it. */
  kept(start: number): void {
    if (this.first !== undefined) {
      this.edits.push({ start: this.first, end: start, text: '' });
      this.first = undefined;
    }
  }

  member(start: number, end: number, dropped: boolean): void {
    if (dropped) {
      this.first ??= start;
      this.endOfLast = end;
    } else {
      this.endOfKept = end;
    }
  }

  /** Members dropped at the object's end take the comma before them along. */
  end(): void {
    if (this.first !== undefined) {
      this.edits.push({ start: this.endOfKept ?? this.first, end: this.endOfLast, text: '' });
    }
  }
}

/** The names in one object that has fields with new names. */
class NewNames {
  private readonly given = new Set<string>();
  private readonly there = new Set<string>();

  constructor(private readonly node: TransformNode) {}

  /** @throws RenameCollision */
  see(key: string, child: TransformNode | undefined): void {
    const name = child?.rename ?? key;
    if (!this.node.newNames.has(name)) {
      return;
    }
    (child?.rename === undefined ? this.there : this.given).add(name);
    if (this.given.has(name) && this.there.has(name)) {
      throw new RenameCollision(name);
    }
  }
}
