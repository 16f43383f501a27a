/** A column type in Hive's notation, as the Glue catalogue holds it: `array<struct<name:string,age:int>>`. */
export type HiveType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly element: HiveType }
  | { readonly kind: 'map'; readonly key: HiveType; readonly value: HiveType }
  | { readonly kind: 'struct'; readonly fields: readonly HiveField[] };

export interface HiveField {
  readonly name: string;
  readonly type: HiveType;
}

const PRIMITIVES = ['string', 'boolean', 'tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'date', 'timestamp', 'binary'] as const;
export type PrimitiveName = typeof PRIMITIVES[number];

const ALIASES: Readonly<Record<string, PrimitiveName>> = { integer: 'int', varchar: 'string', char: 'string' };

/**
 * Reads a type in Hive's notation.
 *
 * @throws Error when the text is not such a type.
 */
export function parseHiveType(text: string): HiveType {
  const reader = new TypeReader(text);
  const type = reader.type();
  reader.end();
  return type;
}

/** @param nameOf how a field of a struct is written: as it is in the catalogue, quoted in DDL */
export function hiveTypeText(type: HiveType, nameOf = (field: string) => field): string {
  const text = (inner: HiveType) => hiveTypeText(inner, nameOf);
  switch (type.kind) {
    case 'primitive': return type.name;
    case 'decimal': return `decimal(${type.precision},${type.scale})`;
    case 'array': return `array<${text(type.element)}>`;
    case 'map': return `map<${text(type.key)},${text(type.value)}>`;
    case 'struct': return `struct<${type.fields.map((field) => `${nameOf(field.name)}:${text(field.type)}`).join(',')}>`;
  }
}

class TypeReader {
  private at = 0;

  constructor(private readonly text: string) {}

  type(): HiveType {
    const name = this.take(/\s*([a-zA-Z]+)\s*/y, 'a type name').toLowerCase();
    switch (name) {
      case 'array': {
        const [element] = this.parameters(() => this.type());
        return { kind: 'array', element };
      }
      case 'map': {
        const [key, value] = this.parameters(() => this.type());
        return key && value ? { kind: 'map', key, value } : this.fail('map<key,value>');
      }
      case 'struct':
        return { kind: 'struct', fields: this.parameters(() => this.field()) };
      case 'decimal': {
        const [, precision, scale] = this.match(/\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/y) ?? ['', '10', '0'];
        return { kind: 'decimal', precision: Number(precision), scale: Number(scale ?? 0) };
      }
      default: {
        this.match(/\(\s*\d+\s*\)/y); // the length of varchar(n): the text is kept whole
        const primitive = PRIMITIVES.find((known) => known === name) ?? ALIASES[name];
        return primitive ? { kind: 'primitive', name: primitive } : this.fail(`a Hive type, got "${name}"`);
      }
    }
  }

  end(): void {
    if (this.at < this.text.length) {
      this.fail('the end of the type');
    }
  }

  private field(): HiveField {
    const name = this.take(/\s*`?([^:`<>,]+)`?\s*:/y, 'a field name and ":"').trim();
    return { name, type: this.type() };
  }

  private parameters<T>(one: () => T): T[] {
    const found: T[] = [];
    this.take(/(<)\s*/y, '"<"');
    do {
      found.push(one());
    } while (this.match(/\s*,/y));
    this.take(/\s*(>)\s*/y, '">"');
    return found;
  }

  private take(pattern: RegExp, expected: string): string {
    return this.match(pattern)?.[1] ?? this.fail(expected);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }

  private fail(expected: string): never {
    throw new Error(`"${this.text}" is not a Hive type: expected ${expected} at position ${this.at}`);
  }
}
