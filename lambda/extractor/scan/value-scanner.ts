/* eslint-disable no-bitwise -- the hottest code of the product: kinds are bits of one number */
import { Byte } from './bytes';
import { Kind, MAX_KEYS, SchemaNode, SINK, startsAt } from './schema-node';
import { SchemaTree } from './schema-tree';
import { INCOMPLETE, TokenScanner } from './token-scanner';

export const MAX_DEPTH = 512;

/** So many children from the expected one on are compared before the hash table is asked: the next is right when an optional key is absent. */
const LOOK_AHEAD = 2;

/**
 * Strict JSON parser that builds nothing: it finds where a value ends, and notes in the schema what it met.
 * Not resumable inside a value: a value that is cut is scanned again, which notes the same.
 */
export class ValueScanner extends TokenScanner {
  private afterKey = 0;

  constructor(private readonly schema: SchemaTree) {
    super();
  }

  /** Scans the value that starts at `at`, `depth` levels deep; returns the index after it, or INCOMPLETE. */
  value(at: number, node: SchemaNode, depth: number): number {
    const byte = this.buffer[at];
    if (byte === Byte.Quote) {
      if ((node.kinds & Kind.String) === 0) {
        this.mark(node, Kind.String);
      }
      return this.string(at);
    }
    if (byte === Byte.OpenBrace) {
      return this.object(at, node, depth + 1);
    }
    if (byte === Byte.OpenBracket) {
      return this.array(at, node, depth + 1);
    }
    const end = byte === Byte.Minus || (byte >= Byte.Zero && byte <= Byte.Nine) ? this.number(at) : this.literal(at);
    if (end > 0 && (node.kinds & this.kind) === 0) {
      this.mark(node, this.kind);
    }
    return end;
  }

  /** The key between two quotes, decoded. */
  keyName(at: number, close: number): string {
    const text = this.buffer.toString('utf8', at + 1, close - 1);
    return text.includes('\\') ? JSON.parse(`"${text}"`) : text;
  }

  private mark(node: SchemaNode, kind: Kind): void {
    node.kinds |= kind;
    this.schema.changes++;
  }

  private object(at: number, node: SchemaNode, depth: number): number {
    this.enter(at, node, Kind.Object, depth);
    const buffer = this.buffer;
    const object = ++this.schema.objects;
    let position = 0;
    at = this.skipSpace(at + 1);
    if (buffer[at] === Byte.CloseBrace) {
      return at + 1;
    }
    for (;;) {
      const child = this.key(at, node, position, object);
      if (child === null) {
        return INCOMPLETE;
      }
      position = child.position + 1;
      at = this.member(this.afterKey, child, depth);
      if (at < 0) {
        return INCOMPLETE;
      }
      if (buffer[at] <= Byte.Space) {
        at = this.skipSpace(at);
      }
      if (buffer[at] !== Byte.Comma) {
        return buffer[at] === Byte.CloseBrace ? at + 1 : this.stopped(at, '"," or "}"');
      }
      if (buffer[++at] <= Byte.Space) {
        at = this.skipSpace(at);
      }
    }
  }

  /** The child whose key stands at `at`, and sets `afterKey`; null when the key is incomplete. */
  private key(at: number, node: SchemaNode, position: number, object: number): SchemaNode | null {
    const buffer = this.buffer;
    if (buffer[at] !== Byte.Quote) {
      this.stopped(at, 'a key');
      return null;
    }
    let child = expectedChild(node.children, position, buffer, at + 1);
    if (child !== null) {
      this.afterKey = at + child.key.length + 2;
    } else {
      const close = this.string(at);
      if (close < 0) {
        return null;
      }
      child = node.childByBytes(buffer, at + 1, close - 1) ?? this.childByName(node, at, close);
      this.afterKey = close;
    }
    if (child.seenIn === object && (child.kinds & Kind.Duplicate) === 0) {
      this.mark(child, Kind.Duplicate);
    }
    child.seenIn = object;
    return child;
  }

  /** The colon after a key, and the value. */
  private member(at: number, child: SchemaNode, depth: number): number {
    const buffer = this.buffer;
    if (buffer[at] <= Byte.Space) {
      at = this.skipSpace(at);
    }
    if (buffer[at] !== Byte.Colon) {
      return this.stopped(at, '":"');
    }
    if (buffer[++at] <= Byte.Space) {
      at = this.skipSpace(at);
    }
    return this.value(at, child, depth);
  }

  private array(at: number, node: SchemaNode, depth: number): number {
    this.enter(at, node, Kind.Array, depth);
    const buffer = this.buffer;
    const item = (node.item ??= new SchemaNode(''));
    at = this.skipSpace(at + 1);
    if (buffer[at] === Byte.CloseBracket) {
      return at + 1;
    }
    for (;;) {
      at = this.value(at, item, depth);
      if (at < 0) {
        return INCOMPLETE;
      }
      if (buffer[at] <= Byte.Space) {
        at = this.skipSpace(at);
      }
      if (buffer[at] !== Byte.Comma) {
        return buffer[at] === Byte.CloseBracket ? at + 1 : this.stopped(at, '"," or "]"');
      }
      if (buffer[++at] <= Byte.Space) {
        at = this.skipSpace(at);
      }
    }
  }

  private enter(at: number, node: SchemaNode, kind: Kind, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw this.malformed(`values nested deeper than ${MAX_DEPTH} levels`, at);
    }
    if ((node.kinds & kind) === 0) {
      this.mark(node, kind);
    }
  }

  /** The child of a key that is new, or written with escapes. `at` is its opening quote. */
  private childByName(node: SchemaNode, at: number, close: number): SchemaNode {
    if (node.closed && node.children.length === 0) {
      return SINK;
    }
    const name = this.keyName(at, close);
    const known = node.child(name) ?? (node.closed ? SINK : undefined);
    if (known) {
      return known;
    }
    this.schema.changes++;
    if (node.children.length >= MAX_KEYS) {
      node.close();
      return SINK;
    }
    return node.addChild(name);
  }
}

/** The child that the order of the objects before lets expect here, if its key does stand at `at`. */
function expectedChild(children: SchemaNode[], position: number, buffer: Buffer, at: number): SchemaNode | null {
  const last = Math.min(children.length, position + LOOK_AHEAD);
  for (let index = position; index < last; index++) {
    const child = children[index];
    if (buffer[at + child.key.length] === Byte.Quote && child.plain && startsAt(child.key, buffer, at)) {
      return child;
    }
  }
  return null;
}
