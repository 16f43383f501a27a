import { fieldProblems, TableColumn } from './table-column';
import { HiveType, hiveTypeText } from '../spec/hive-type';

type Schema = Readonly<Record<string, unknown>>;

/** What is wrong with a place of a schema. */
interface PlaceProblem {
  readonly pointer: string;
  readonly fix: string;
}

/** A schema, and the way to it. */
interface Place {
  readonly schema: Schema;
  readonly pointer: string;
}

const text: HiveType = { kind: 'primitive', name: 'string' };
/** Holds any integer that a table can hold: beyond 64 bits, Athena reads a bigint as NULL. */
const INTEGER: HiveType = { kind: 'decimal', precision: 38, scale: 0 };

/** OpenAPI's formats, which the contract's validator checks. */
const FORMATS: Readonly<Record<string, HiveType>> = {
  int32: { kind: 'primitive', name: 'int' },
  int64: { kind: 'primitive', name: 'bigint' },
};

const LONG_LIMIT = 2 ** 63;

/**
 * The columns that a JSON Schema declares, each of a type that reads every value the schema admits: integers are
 * decimal(38,0) unless bounds or a format say that 64 bits hold them; what may be of several kinds is string, which keeps
 * its text.
 */
export function schemaColumns(schemaText: string): { readonly columns: TableColumn[]; readonly problems: PlaceProblem[] } {
  const reader = new SchemaReader(JSON.parse(schemaText));
  const columns = reader.columns();
  return { columns, problems: reader.problems };
}

class SchemaReader {
  readonly problems: PlaceProblem[] = [];

  constructor(private readonly root: unknown) {}

  columns(): TableColumn[] {
    const properties = propertiesOf(this.views([{ schema: asSchema(this.root), pointer: '' }], []));
    return [...properties].map(([name, places]) => {
      const comment = places.map(({ schema }) => schema.description).find((one) => typeof one === 'string') as string | undefined;
      return { name, type: hiveTypeText(this.typeOf(places, [])), ...(comment !== undefined && { comment: oneLine(comment) }) };
    });
  }

  /** The type of a value that all these schemas judge. `above` are the references that led here. */
  private typeOf(places: readonly Place[], above: readonly string[]): HiveType {
    const below = [...above, ...places.flatMap(({ schema }) => (typeof schema.$ref === 'string' ? [schema.$ref] : []))];
    if (new Set(below).size < below.length) {
      return text; // a structure that holds itself has no end
    }
    const views = this.views(places, []);
    const kinds = kindsOf(views.map(({ schema }) => schema));
    if (kinds.length !== 1) {
      return text;
    }
    switch (kinds[0]) {
      case 'boolean': return { kind: 'primitive', name: 'boolean' };
      case 'integer': return integerType(views.map(({ schema }) => schema));
      case 'number': return { kind: 'primitive', name: 'double' };
      case 'array': return this.arrayType(views, below);
      case 'object': return this.objectType(views, below);
      default: return text;
    }
  }

  private arrayType(views: readonly Place[], above: readonly string[]): HiveType {
    const items = views.flatMap(({ schema, pointer }) => (isSchema(schema.items) ? [{ schema: schema.items, pointer: `${pointer}/items` }] : []));
    const tuple = views.some(({ schema }) => schema.prefixItems !== undefined);
    return { kind: 'array', element: items.length === 0 || tuple ? text : this.typeOf(items, above) };
  }

  private objectType(views: readonly Place[], above: readonly string[]): HiveType {
    const properties = propertiesOf(views);
    if (properties.size === 0) {
      const values = views.flatMap(({ schema, pointer }) => (isSchema(schema.additionalProperties) ? [{ schema: schema.additionalProperties, pointer: `${pointer}/additionalProperties` }] : []));
      const open = values.length > 0 && !views.some(({ schema }) => schema.patternProperties !== undefined);
      return open ? { kind: 'map', key: text, value: this.typeOf(values, above) } : text;
    }
    const { pointer } = views.find(({ schema }) => schema.properties !== undefined)!;
    this.problems.push(...fieldProblems([...properties.keys()]).map((fix) => ({ pointer: `${pointer}/properties`, fix })));
    return { kind: 'struct', fields: [...properties].map(([name, places]) => ({ name, type: this.typeOf(places, above) })) };
  }

  /** Schemas that judge the same value: what they refer to and are composed of, in their order. */
  private views(places: readonly Place[], seen: readonly string[]): Place[] {
    return places.flatMap(({ schema, pointer }) => {
      const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => (schema[keyword] as unknown[] | undefined ?? []).map((part, i) => ({ part, at: `${pointer}/${keyword}/${i}` })));
      const branches = ['then', 'else'].map((keyword) => ({ part: schema[keyword], at: `${pointer}/${keyword}` }));
      const composed = [...parts, ...branches].flatMap(({ part, at }) => (isSchema(part) ? [{ schema: part, pointer: at }] : []));
      const target = typeof schema.$ref === 'string' && !seen.includes(schema.$ref) ? this.resolve(schema.$ref) : undefined;
      const known = typeof schema.$ref === 'string' ? [...seen, schema.$ref] : seen;
      return [{ schema, pointer }, ...this.views([...(target ? [target] : []), ...composed], known)];
    });
  }

  /** The schema that a JSON pointer of this document names; the contract's review refuses other references. */
  private resolve(reference: string): Place | undefined {
    const pointer = decodeURIComponent(reference.replace(/^#/, ''));
    const steps = pointer.split('/').slice(1).map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
    const schema = steps.reduce<unknown>((value, step) => (value as Schema | undefined)?.[step], this.root);
    return reference.startsWith('#') && isSchema(schema) ? { schema, pointer } : undefined;
  }
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

const asSchema = (value: unknown): Schema => (isSchema(value) ? value : {});

function propertiesOf(views: readonly Place[]): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  for (const { schema, pointer } of views) {
    for (const [name, property] of Object.entries(asSchema(schema.properties))) {
      found.set(name, [...found.get(name) ?? [], { schema: asSchema(property), pointer: `${pointer}/properties/${name}` }]);
    }
  }
  return found;
}

/** The kinds of JSON that a value may be of, NULL aside. */
function kindsOf(views: readonly Schema[]): string[] {
  const declared = views.flatMap((view) => {
    const values = view.const !== undefined ? [view.const] : view.enum as unknown[] | undefined;
    return view.type !== undefined ? [view.type].flat() as string[] : values?.map(kindOf) ?? [];
  });
  const kinds = new Set(declared.length > 0 ? declared
    : views.some((view) => view.properties !== undefined) ? ['object'] : views.some((view) => view.items !== undefined) ? ['array'] : []);
  kinds.delete('null');
  if (kinds.has('number')) {
    kinds.delete('integer');
  }
  return [...kinds];
}

function kindOf(value: unknown): string {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return kind === 'number' && Number.isInteger(value) ? 'integer' : kind;
}

/** Every alternative must say that it is small, or the whole does. */
function integerType(views: readonly Schema[]): HiveType {
  const [whole] = views;
  const format = views.map((view) => FORMATS[String(view.format)]).find((type) => type !== undefined);
  const integers = views.filter((view) => [view.type].flat().includes('integer'));
  const small = fitsLong(whole) || (integers.length > 0 && integers.every(fitsLong));
  return format ?? (small ? FORMATS.int64 : INTEGER);
}

/** Bounds are doubles here: those at the very edge of 64 bits count as beyond. */
function fitsLong(schema: Schema): boolean {
  const values = schema.const !== undefined ? [schema.const] : schema.enum as unknown[] | undefined;
  if (values) {
    return values.every((value) => value === null || Number.isSafeInteger(value));
  }
  const bounds = [schema.minimum ?? schema.exclusiveMinimum, schema.maximum ?? schema.exclusiveMaximum];
  return bounds.every((bound) => typeof bound === 'number' && Math.abs(bound) < LONG_LIMIT);
}

/** As Glue takes a comment. */
const oneLine = (description: string) => description.replace(/\s+/g, ' ').trim().slice(0, 255);
