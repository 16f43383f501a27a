import { HiveType } from '../../../src/spec/hive-type';
import { notSupported } from '../athena-error';

/** Type of a query's column as DuckDB's `typeof` names it: a type of the catalogue, or one that no table can hold. */
export type QueryType = HiveType | { readonly kind: 'unknown' | 'json' | 'timestamp with time zone' }
  | { readonly kind: 'rows'; readonly fields: readonly { readonly name: string; readonly type: QueryType }[] }
  | { readonly kind: 'list'; readonly element: QueryType };

const SCALARS: Readonly<Record<string, QueryType>> = {
  'BOOLEAN': { kind: 'primitive', name: 'boolean' },
  'TINYINT': { kind: 'primitive', name: 'tinyint' },
  'SMALLINT': { kind: 'primitive', name: 'smallint' },
  'INTEGER': { kind: 'primitive', name: 'int' },
  'BIGINT': { kind: 'primitive', name: 'bigint' },
  // DuckDB sums integers into 128 bits, Trino into 64.
  'HUGEINT': { kind: 'primitive', name: 'bigint' },
  'FLOAT': { kind: 'primitive', name: 'float' },
  'DOUBLE': { kind: 'primitive', name: 'double' },
  'VARCHAR': { kind: 'primitive', name: 'string' },
  'BLOB': { kind: 'primitive', name: 'binary' },
  'DATE': { kind: 'primitive', name: 'date' },
  'TIMESTAMP': { kind: 'primitive', name: 'timestamp' },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp with time zone' },
  'JSON': { kind: 'json' },
  '"NULL"': { kind: 'unknown' },
};

/** Reads what `typeof` says. */
export function parseQueryType(text: string): QueryType {
  return new Reader(text).whole();
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): QueryType {
    const type = this.type();
    return this.at === this.text.length ? type : this.fail();
  }

  private type(): QueryType {
    let type = this.single();
    while (this.take('[]')) {
      type = { kind: 'list', element: type };
    }
    return type;
  }

  private single(): QueryType {
    if (this.take('STRUCT(')) {
      const fields = this.several(() => ({ name: this.name(), type: this.type() }));
      return { kind: 'rows', fields };
    }
    if (this.take('MAP(')) {
      const [key, value] = this.several(() => this.type()) as HiveType[];
      return { kind: 'map', key, value };
    }
    const decimal = this.match(/DECIMAL\((\d+),\s*(\d+)\)/y);
    if (decimal) {
      return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
    }
    return SCALARS[this.match(/TIMESTAMP WITH TIME ZONE|"NULL"|[A-Z_0-9]+/y)?.[0] ?? ''] ?? this.fail();
  }

  private several<T>(one: () => T): T[] {
    const found: T[] = [];
    do {
      found.push(one());
    } while (this.take(', '));
    return this.take(')') ? found : this.fail();
  }

  /** A field's name and the space behind it; a field of ROW(...) has none. */
  private name(): string {
    const match = this.match(/(?:"((?:[^"]|"")*)"|(\w+)) (?=["A-Z])/y);
    return (match?.[1]?.replace(/""/g, '"') ?? match?.[2] ?? '').toLowerCase();
  }

  private take(text: string): boolean {
    const found = this.text.startsWith(text, this.at);
    this.at += found ? text.length : 0;
    return found;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }

  private fail(): never {
    throw notSupported(`a column of the type ${this.text}`);
  }
}
