/* eslint-disable no-bitwise -- kinds are a set in one number, tested for every value of every record */

/** What a value was seen to be; a node holds the set of all. */
export const enum Kind {
  Null = 1,
  Boolean = 2,
  /** Fits 32 bits. */
  Int = 4,
  /** Fits 53 bits: exact as a double too. */
  SafeBigint = 8,
  /** Fits 64 bits. */
  Bigint = 16,
  Double = 32,
  /** Beyond 64 bits, or of more digits than a double holds. */
  HugeNumber = 64,
  String = 128,
  Object = 256,
  Array = 512,
  /** An object of so many distinct keys that they are data. */
  Map = 1024,
  /** The key of this node stood twice in one object. */
  Duplicate = 2048,
}

/** More distinct keys than this make an object a map. */
export const MAX_KEYS = 1000;

const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;
const NO_BYTES = Buffer.alloc(0);
const MIN_SLOTS = 8;

/** One place in the records' structure: the kinds seen there, and the places below it. */
export class SchemaNode {
  kinds = 0;
  /** Children in the order of their first appearance: records mostly repeat it. */
  children: SchemaNode[] = [];
  /** What the elements of an array are. */
  item: SchemaNode | null = null;
  /** Where the node stands among its parent's children. */
  position = 0;
  /** Number of the object in which this key stood last: tells a duplicate. */
  seenIn = 0;
  /** No more children are made: further keys go to the sink. */
  closed = false;
  /** The key's bytes as they stand between the quotes. */
  readonly key: Buffer;
  /** False: the key cannot be written without escapes, and is only found by its name. */
  readonly plain: boolean;
  /** Hash table of the plain children, open addressing; at most half full. */
  private slots: (SchemaNode | null)[] = [];
  private names: Map<string, SchemaNode> | null = null;

  constructor(readonly name: string, private readonly isRoot = false) {
    this.plain = !NEEDS_ESCAPE.test(name);
    this.key = this.plain ? Buffer.from(name) : NO_BYTES;
  }

  child(name: string): SchemaNode | undefined {
    return this.names?.get(name);
  }

  addChild(name: string): SchemaNode {
    const child = new SchemaNode(name);
    child.position = this.children.length;
    this.children.push(child);
    (this.names ??= new Map()).set(name, child);
    if (this.children.length * 2 > this.slots.length) {
      this.rebuildSlots();
    } else {
      this.insertSlot(child);
    }
    return child;
  }

  /** The child whose key stands in the buffer between start and end, if it is known. */
  childByBytes(buffer: Buffer, start: number, end: number): SchemaNode | null {
    const slots = this.slots;
    const mask = slots.length - 1;
    if (mask < 0) {
      return null;
    }
    const length = end - start;
    for (let slot = hashOf(buffer, start, end) & mask; ; slot = (slot + 1) & mask) {
      const child = slots[slot];
      if (child === null || (child.key.length === length && startsAt(child.key, buffer, start))) {
        return child;
      }
    }
  }

  /** Keys are data here: forget them. The root keeps its own, which are the table's columns. */
  close(): void {
    this.closed = true;
    if (!this.isRoot) {
      this.kinds |= Kind.Map;
      this.children = [];
      this.slots = [];
      this.names = null;
    }
  }

  private rebuildSlots(): void {
    this.slots = new Array<SchemaNode | null>(Math.max(MIN_SLOTS, this.slots.length * 4)).fill(null);
    this.children.forEach((child) => this.insertSlot(child));
  }

  private insertSlot(child: SchemaNode): void {
    if (!child.plain) {
      return;
    }
    const mask = this.slots.length - 1;
    let slot = hashOf(child.key, 0, child.key.length) & mask;
    while (this.slots[slot] !== null) {
      slot = (slot + 1) & mask;
    }
    this.slots[slot] = child;
  }
}

/** Whether the key stands in the buffer from start on. */
export function startsAt(key: Buffer, buffer: Buffer, start: number): boolean {
  const length = key.length;
  for (let index = 0; index < length; index++) {
    if (buffer[start + index] !== key[index]) {
      return false;
    }
  }
  return true;
}

/** Of the length and four bytes only: names of fields differ there, and equal hashes are compared in full. */
function hashOf(buffer: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 0) {
    return 0;
  }
  const ends = buffer[start] * 31 + buffer[end - 1] * 17;
  return (length * 7 + ends + buffer[start + (length >> 1)] * 5 + buffer[end - ((length + 3) >> 2)] * 3) | 0;
}

/** Takes what has no place in the schema: every kind is known, every key and element leads back to it. */
export const SINK = makeSink();

function makeSink(): SchemaNode {
  const sink = new SchemaNode('');
  sink.kinds = -1;
  sink.closed = true;
  sink.item = sink;
  return sink;
}
