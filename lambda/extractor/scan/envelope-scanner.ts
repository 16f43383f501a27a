import { Byte } from './bytes';
import { NOWHERE, PathPlace } from './path-tree';
import { SINK } from './schema-node';
import { INCOMPLETE } from './token-scanner';
import { MAX_DEPTH, ValueScanner } from './value-scanner';
import { Window } from './window';

const enum Expect { Start, Value, FirstKey, Key, Colon, FirstElement, CommaOrClose, Nothing }

/** What the walk hands over. */
export interface EnvelopeHandlers {
  /** A record starts in the values' buffer: scans it and returns the index after it, or INCOMPLETE. */
  record(at: number): number;
  /** The records' value is this one object. */
  single(place: PathPlace, bytes: Buffer): void;
  /** The value of a place with captures. */
  captured(place: PathPlace, bytes: Buffer): void;
  /** Bytes of the longest value that may stand at the place. */
  limit(place: PathPlace): number;
  tooLarge(place: PathPlace): Error;
  /** The records' value can hold none; what is behind it is still read. */
  noRecords(): void;
}

/** One element of the array at the records' path. */
const RECORD = new PathPlace();

/**
 * Walks what stands around the records token by token, so that only a record, a captured value
 * or one token must fit the window, and hands over what the path tree names.
 */
export class EnvelopeScanner {
  readonly window = new Window();
  /** The records' place was met, be it empty. */
  found = false;
  /** The keys met where the records' path was looked for last. */
  keysOnPath: string[] = [];

  private expect = Expect.Start;
  /** Where the value stands that comes next. */
  private place: PathPlace;
  /** The open objects and arrays, and which of them are arrays. */
  private readonly containers: PathPlace[] = [];
  private readonly arrays: boolean[] = [];
  /** So many bytes are worth another scan of a value that was cut. */
  private wanted = 0;

  constructor(root: PathPlace, private readonly values: ValueScanner, private readonly handlers: EnvelopeHandlers) {
    this.place = root;
  }

  write(chunk: Buffer): void {
    this.window.append(chunk);
    if (this.window.pending >= this.wanted) {
      this.run();
    }
  }

  end(): void {
    this.wanted = 0;
    this.write(Buffer.of(Byte.Space)); // ends a number
    if (this.expect !== Expect.Nothing) {
      throw this.values.malformed(this.expect === Expect.Start ? 'the body is empty' : 'it ends too early', this.window.end - 1);
    }
    this.window.release();
  }

  private run(): void {
    const { window, values } = this;
    values.look(window);
    if (this.expect === Expect.Start) {
      if (!window.skipByteOrderMark()) {
        return;
      }
      if (values.skipSpace(window.start) < window.end) {
        this.expect = Expect.Value;
      }
    }
    for (;;) {
      window.start = values.skipSpace(window.start);
      if (window.start >= window.end) {
        this.wanted = 0;
        return;
      }
      const after = this.step(window.start);
      if (after < 0) {
        this.waitForMore();
        return;
      }
      window.start = after;
    }
  }

  private step(at: number): number {
    const byte = this.values.buffer[at];
    switch (this.expect) {
      case Expect.Value:
        return this.value(at, byte);
      case Expect.FirstKey:
        return byte === Byte.CloseBrace ? this.close(at) : this.key(at, byte);
      case Expect.Key:
        return this.key(at, byte);
      case Expect.Colon:
        this.expect = Expect.Value;
        return byte === Byte.Colon ? at + 1 : this.values.stopped(at, '":"');
      case Expect.FirstElement:
        return byte === Byte.CloseBracket ? this.closeEmptyArray(at) : this.element(at);
      case Expect.CommaOrClose:
        return this.commaOrClose(at, byte);
      default:
        return this.values.stopped(at, 'the end');
    }
  }

  private value(at: number, byte: number): number {
    const { place } = this;
    if (place === RECORD) {
      return this.after(this.handlers.record(at));
    }
    if (place.isRecords) {
      return this.recordsValue(at, byte, place);
    }
    if (place.captures.length > 0) {
      const end = this.values.value(at, SINK, 0);
      if (end - at > this.handlers.limit(place)) {
        throw this.handlers.tooLarge(place);
      }
      if (end > 0) {
        this.handlers.captured(place, this.values.buffer.subarray(at, end));
      }
      return this.after(end);
    }
    if (byte === Byte.OpenBrace) {
      return this.open(at, place, false);
    }
    return byte === Byte.OpenBracket ? this.open(at, place, true) : this.after(this.values.value(at, SINK, 0));
  }

  private recordsValue(at: number, byte: number, place: PathPlace): number {
    this.found = true;
    if (byte === Byte.OpenBracket) {
      return this.open(at, place, true);
    }
    if (byte === Byte.OpenBrace) {
      const end = this.handlers.record(at);
      if (end > 0) {
        this.handlers.single(place, this.values.buffer.subarray(at, end));
      }
      return this.after(end);
    }
    const end = this.values.value(at, SINK, 0);
    // Some servers write an empty list as null.
    if (end > 0 && byte !== Byte.LowerN) {
      this.handlers.noRecords();
    }
    return this.after(end);
  }

  private key(at: number, byte: number): number {
    if (byte !== Byte.Quote) {
      return this.values.stopped(at, 'a key');
    }
    const close = this.values.string(at);
    if (close < 0) {
      return INCOMPLETE;
    }
    const parent = this.containers[this.containers.length - 1];
    this.place = NOWHERE;
    if (parent !== NOWHERE) {
      const name = this.values.keyName(at, close);
      this.place = parent.keys.get(name) ?? NOWHERE;
      if (parent.leadsToRecords) {
        this.keysOnPath.push(name);
      }
    }
    this.expect = Expect.Colon;
    return close;
  }

  private element(at: number): number {
    const parent = this.containers[this.containers.length - 1];
    this.place = parent.isRecords ? RECORD : parent.every ?? NOWHERE;
    this.expect = Expect.Value;
    return at;
  }

  private open(at: number, place: PathPlace, isArray: boolean): number {
    if (this.containers.length >= MAX_DEPTH) {
      throw this.values.malformed(`values nested deeper than ${MAX_DEPTH} levels`, at);
    }
    this.containers.push(place);
    this.arrays.push(isArray);
    if (place.leadsToRecords) {
      this.keysOnPath = [];
    }
    this.expect = isArray ? Expect.FirstElement : Expect.FirstKey;
    return at + 1;
  }

  private closeEmptyArray(at: number): number {
    // Nothing to look into is no missing path.
    this.found ||= this.containers[this.containers.length - 1].every?.leadsToRecords ?? false;
    return this.close(at);
  }

  private close(at: number): number {
    this.containers.pop();
    this.arrays.pop();
    return this.after(at + 1);
  }

  private commaOrClose(at: number, byte: number): number {
    const isArray = this.arrays[this.arrays.length - 1];
    if (byte === (isArray ? Byte.CloseBracket : Byte.CloseBrace)) {
      return this.close(at);
    }
    if (byte !== Byte.Comma) {
      return this.values.stopped(at, isArray ? '"," or "]"' : '"," or "}"');
    }
    if (isArray) {
      return this.element(at + 1);
    }
    this.expect = Expect.Key;
    return at + 1;
  }

  /** After a value comes a comma or the end of what holds it. */
  private after(end: number): number {
    if (end > 0) {
      this.expect = this.containers.length > 0 ? Expect.CommaOrClose : Expect.Nothing;
    }
    return end;
  }

  /** The value is scanned again when the window has doubled, so that all scans together stay linear. */
  private waitForMore(): void {
    const { window } = this;
    const limit = this.handlers.limit(this.place);
    if (window.pending > limit) {
      throw this.handlers.tooLarge(this.place);
    }
    this.wanted = Math.min(window.pending * 2, limit + 1);
  }
}
