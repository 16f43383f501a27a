import { dateText, decimalNumeral, javaNumeral, timestampText, wholeNumeral } from './openx-scalars';
import { HiveType } from '../../src/spec/hive-type';
import { JsonCursor, JsonSyntaxError } from '../catalog/json-cursor';

/**
 * Reads the value at the cursor as the OpenX JSON SerDe of Athena reads it into a column of this type, and
 * returns it as JSON text that DuckDB reads into the same type without a guess. Measured on Trino 483.
 */
export type ReadValue = (cursor: JsonCursor) => string;

export function valueReader(type: HiveType): ReadValue {
  switch (type.kind) {
    case 'struct': return structReader(type.fields.map((field) => ({ name: field.name.toLowerCase(), read: valueReader(field.type) })));
    case 'array': return arrayReader(valueReader(type.element));
    case 'map': return mapReader(valueReader(type.value));
    case 'decimal': return scalar((text) => decimalNumeral(text, type.precision, type.scale));
    case 'primitive': return PRIMITIVES[type.name] ?? unreadable(type.name);
  }
}

const PRIMITIVES: Readonly<Record<string, ReadValue | undefined>> = {
  string: readString,
  boolean: (cursor) => {
    switch (cursor.kind()) {
      case 'null': cursor.skip(); return 'null';
      case 'string': return String(cursor.text().toLowerCase() === 'true');
      default: return String(cursor.raw() === 'true');
    }
  },
  tinyint: scalar((text) => wholeNumeral(text, 8)),
  smallint: scalar((text) => wholeNumeral(text, 16)),
  int: scalar((text) => wholeNumeral(text, 32)),
  bigint: scalar((text) => wholeNumeral(text, 64)),
  float: scalar(doubleNumeral),
  double: scalar(doubleNumeral),
  timestamp: scalar(timestampText),
  date: scalar(dateText),
};

/** Numbers and text become the column's type or NULL; an object or array fails the query. */
function scalar(convert: (text: string) => string | undefined): ReadValue {
  return (cursor) => {
    switch (cursor.kind()) {
      case 'null': cursor.skip(); return 'null';
      case 'number': return convert(cursor.raw()) ?? 'null';
      case 'string': return convert(cursor.text()) ?? 'null';
      case 'boolean': cursor.skip(); return 'null';
      default: throw new JsonSyntaxError(`a single value for the column, got an ${cursor.kind()}`, cursor.at);
    }
  };
}

function doubleNumeral(text: string): string | undefined {
  if (/^[+-]?(NaN|Infinity)$/.test(text)) {
    return JSON.stringify(text);
  }
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
  return Number.isNaN(value) ? undefined : Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

/** Anything keeps its text in a string column, numerals included; NULL stays NULL. */
function readString(cursor: JsonCursor): string {
  switch (cursor.kind()) {
    case 'null': cursor.skip(); return 'null';
    case 'string': return storable(cursor.raw());
    default: return JSON.stringify(compactText(cursor));
  }
}

/** A lone half of a surrogate pair is no character: Athena shows "?". */
function storable(raw: string): string {
  return /\\u[dD][89a-fA-F]/.test(raw) ? JSON.stringify((JSON.parse(raw) as string).replace(LONE_SURROGATE, '?')) : raw;
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The text of a value in a string column: without white space, numerals as they stand. */
function compactText(cursor: JsonCursor): string {
  switch (cursor.kind()) {
    case 'object': {
      const members: string[] = [];
      cursor.object((key) => { members.push(`${JSON.stringify(key)}:${compactText(cursor)}`); });
      return `{${members.join(',')}}`;
    }
    case 'array': {
      const elements: string[] = [];
      cursor.array(() => { elements.push(compactText(cursor)); });
      return `[${elements.join(',')}]`;
    }
    case 'number': return javaNumeral(cursor.raw());
    case 'string': return JSON.stringify(cursor.text());
    default: return cursor.raw();
  }
}

function structReader(fields: readonly { readonly name: string; readonly read: ReadValue }[]): ReadValue {
  const byName = new Map(fields.map((field, i) => [field.name, i]));
  const text = (values: readonly (string | undefined)[]) =>
    `{${fields.map((field, i) => `${JSON.stringify(field.name)}:${values[i] ?? 'null'}`).join(',')}}`;
  return (cursor) => {
    const values = new Array<string | undefined>(fields.length);
    switch (cursor.kind()) {
      case 'null': cursor.skip(); return 'null';
      case 'object':
        cursor.object((key) => {
          const i = byName.get(key) ?? byName.get(key.toLowerCase());
          if (i !== undefined) {
            values[i] = fields[i].read(cursor);
          }
        });
        return text(values);
      case 'array': {
        let i = 0;
        cursor.array(() => {
          if (i < fields.length) {
            values[i] = fields[i].read(cursor);
          }
          i++;
        });
        return text(values);
      }
      default:
        if (cursor.raw() === '""') {
          return text(values);
        }
        throw new JsonSyntaxError('an object for the struct column', cursor.at);
    }
  };
}

function arrayReader(read: ReadValue): ReadValue {
  return (cursor) => {
    switch (cursor.kind()) {
      case 'null': cursor.skip(); return 'null';
      case 'array': {
        const elements: string[] = [];
        cursor.array(() => { elements.push(read(cursor)); });
        return `[${elements.join(',')}]`;
      }
      case 'string': {
        const start = cursor.at;
        if (cursor.raw() === '""') {
          return 'null';
        }
        cursor.at = start;
        return `[${read(cursor)}]`;
      }
      default: return `[${read(cursor)}]`;
    }
  };
}

function mapReader(read: ReadValue): ReadValue {
  return (cursor) => {
    if (cursor.kind() === 'null') {
      cursor.skip();
      return 'null';
    }
    if (cursor.kind() !== 'object') {
      throw new JsonSyntaxError(`an object for the map column, got ${cursor.kind()}`, cursor.at);
    }
    const entries = new Map<string, string>();
    cursor.object((key) => { entries.set(key.toLowerCase(), read(cursor)); });
    return `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
  };
}

function unreadable(name: string): ReadValue {
  return (cursor) => {
    throw new JsonSyntaxError(`no ${name} column (not supported locally)`, cursor.at);
  };
}
