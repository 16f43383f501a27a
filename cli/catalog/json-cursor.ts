/** What the JSON grammar (RFC 8259) forbids, with the byte where it stands in the buffer. */
export class JsonSyntaxError extends Error {
  constructor(readonly expected: string, readonly offset: number) {
    super(`expected ${expected}`);
  }
}

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LITERALS = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };

/**
 * Walks JSON as raw bytes, so that numerals keep their text and duplicate keys are seen: `JSON.parse`
 * makes `1.50` 1.5 and 9007199254740993 another number.
 */
export class JsonCursor {
  at = 0;
  private end = 0;

  constructor(public buffer: Buffer = Buffer.alloc(0)) {}

  /** Stands before the first value of `buffer[start, end)`. */
  open(buffer: Buffer, start: number, end: number): this {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
    this.space();
    return this;
  }

  /** Nothing but white space may follow. */
  close(): void {
    this.space();
    if (this.at < this.end) {
      this.fail('the end of the line after the value');
    }
  }

  kind(): JsonKind {
    switch (this.byte()) {
      case 0x7b: return 'object';
      case 0x5b: return 'array';
      case QUOTE: return 'string';
      case 0x74: case 0x66: return 'boolean';
      case 0x6e: return 'null';
      default: return this.digitOrMinus(this.byte()) ? 'number' : this.fail('a JSON value');
    }
  }

  /** Calls back before each value of the object at the cursor; what the callback leaves unread is skipped. */
  object(member: (key: string) => void): void {
    this.items(0x7b, 0x7d, () => {
      const key = this.key();
      this.space();
      this.expect(0x3a, '":"');
      this.space();
      return key;
    }, member);
  }

  /** Calls back before each element of the array at the cursor. */
  array(element: () => void): void {
    this.items(0x5b, 0x5d, () => '', element);
  }

  /** Passes the value at the cursor, and checks it. */
  skip(): void {
    const byte = this.byte();
    if (byte === QUOTE) {
      this.string();
    } else if (byte === 0x7b) {
      this.object(noop);
    } else if (byte === 0x5b) {
      this.array(noop);
    } else if (byte === 0x74) {
      this.literal(LITERALS.true);
    } else if (byte === 0x66) {
      this.literal(LITERALS.false);
    } else if (byte === 0x6e) {
      this.literal(LITERALS.null);
    } else {
      this.number();
    }
  }

  /** The text of the value at the cursor, as it stands in the line. */
  raw(): string {
    const start = this.at;
    this.skip();
    return this.buffer.toString('utf8', start, this.at);
  }

  /** The value of the string at the cursor, unescaped. */
  text(): string {
    return JSON.parse(this.raw()) as string;
  }

  private items(open: number, close: number, before: () => string, each: (key: string) => void): void {
    this.expect(open, open === 0x7b ? 'an object' : 'an array');
    this.space();
    if (this.byte() === close) {
      this.at++;
      return;
    }
    for (;;) {
      const key = before();
      const start = this.at;
      each(key);
      if (this.at === start) {
        this.skip();
      }
      this.space();
      if (this.byte() === close) {
        this.at++;
        return;
      }
      this.expect(0x2c, close === 0x7d ? '"," or "}"' : '"," or "]"');
      this.space();
    }
  }

  private key(): string {
    const start = this.at;
    if (this.byte() !== QUOTE) {
      this.fail('a quoted key');
    }
    const plain = this.string();
    return plain
      ? this.buffer.toString('latin1', start + 1, this.at - 1)
      : JSON.parse(this.buffer.toString('utf8', start, this.at)) as string;
  }

  /** Passes a string; true when it is ASCII without an escape. */
  private string(): boolean {
    const { buffer, end } = this;
    let plain = true;
    for (let at = this.at + 1; at < end; at++) {
      const byte = buffer[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return plain;
      }
      if (byte === BACKSLASH) {
        plain = false;
        at = this.escape(at + 1);
      } else if (byte < 0x20) {
        this.at = at;
        this.fail('no raw control character in a string');
      } else if (byte > 0x7f) {
        plain = false;
      }
    }
    return this.failAt(end, 'the closing quote of a string');
  }

  /** Returns the last byte of the escape whose letter stands at `at`. */
  private escape(at: number): number {
    const letter = this.buffer[at];
    if (at < this.end && '"\\/bfnrt'.includes(String.fromCharCode(letter))) {
      return at;
    }
    if (letter === 0x75 && /^[0-9a-fA-F]{4}$/.test(this.buffer.toString('latin1', at + 1, Math.min(at + 5, this.end)))) {
      return at + 4;
    }
    return this.failAt(at, 'an escape such as \\n or \\u00e9');
  }

  private number(): void {
    const start = this.at;
    if (this.byte() === 0x2d) {
      this.at++;
    }
    if (this.byte() === 0x30) {
      this.at++;
    } else {
      this.digits(start);
    }
    if (this.byte() === 0x2e) {
      this.at++;
      this.digits(start);
    }
    if (this.byte() === 0x65 || this.byte() === 0x45) {
      this.at++;
      if (this.byte() === 0x2b || this.byte() === 0x2d) {
        this.at++;
      }
      this.digits(start);
    }
  }

  private digits(start: number): void {
    const first = this.at;
    while (this.byte() >= 0x30 && this.byte() <= 0x39) {
      this.at++;
    }
    if (this.at === first) {
      this.failAt(start, 'a JSON value');
    }
  }

  private literal(expected: Buffer): void {
    if (this.end - this.at < expected.length || this.buffer.compare(expected, 0, expected.length, this.at, this.at + expected.length) !== 0) {
      this.fail('a JSON value');
    }
    this.at += expected.length;
  }

  private space(): void {
    for (let byte = this.byte(); byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a; byte = this.byte()) {
      this.at++;
    }
  }

  private expect(byte: number, what: string): void {
    if (this.byte() !== byte) {
      this.fail(what);
    }
    this.at++;
  }

  private byte(): number {
    return this.at < this.end ? this.buffer[this.at] : -1;
  }

  private digitOrMinus(byte: number): boolean {
    return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
  }

  private fail(expected: string): never {
    return this.failAt(this.at, expected);
  }

  private failAt(offset: number, expected: string): never {
    throw new JsonSyntaxError(expected, offset);
  }
}

function noop(): void {}
