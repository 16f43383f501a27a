type Schema = Readonly<Record<string, unknown>>;

/** Keywords whose value is a schema of a value below, or a list or object of such. */
const BELOW = { one: ['items', 'additionalProperties', 'unevaluatedItems', 'contains'], list: ['prefixItems'], map: ['properties', 'patternProperties'] };
/** Keywords whose schemas judge the same value: what is unknown to one of them may be known to another. */
const BESIDE = { one: ['not', 'if', 'then', 'else'], list: ['allOf', 'anyOf', 'oneOf'], map: ['dependentSchemas'] };
const DEFINITIONS = { one: [], list: [], map: ['$defs', 'definitions'] };

/**
 * Lets objects have no properties but those that the schema declares: `unevaluatedProperties: false` at the root and
 * wherever a nested value is described. An object without declared properties stays free, and so does one that says
 * `additionalProperties` itself.
 *
 * @param alsoKnown properties of the root beside those of the schema
 */
export function closeObjects(root: Schema, alsoKnown: readonly string[]): void {
  closeHere(root, root);
  walk(root, root);
  const properties = alsoKnown.map((name) => [name, true]);
  (root as Record<string, unknown>).properties = { ...Object.fromEntries(properties), ...root.properties as object | undefined };
}

function walk(schema: Schema, root: Schema): void {
  for (const below of children(schema, BELOW)) {
    closeHere(below, root);
    walk(below, root);
  }
  [...children(schema, BESIDE), ...children(schema, DEFINITIONS)].forEach((other) => walk(other, root));
}

function closeHere(schema: Schema, root: Schema): void {
  if (schema.unevaluatedProperties === undefined && declaresProperties(schema, root, new Set())) {
    (schema as Record<string, unknown>).unevaluatedProperties = false;
  }
}

function declaresProperties(schema: Schema, root: Schema, seen: Set<Schema>): boolean {
  if (seen.has(schema)) {
    return false;
  }
  seen.add(schema);
  const target = typeof schema.$ref === 'string' ? resolve(schema.$ref, root) : undefined;
  return schema.properties !== undefined || schema.patternProperties !== undefined || schema.$dynamicRef !== undefined
    || (schema.$ref !== undefined && (target === undefined || declaresProperties(target, root, seen)))
    || children(schema, BESIDE).some((other) => declaresProperties(other, root, seen));
}

/** The schema that a JSON pointer of this document names; undefined for any other reference. */
function resolve(ref: string, root: Schema): Schema | undefined {
  if (!/^#(\/|$)/.test(ref)) {
    return undefined;
  }
  const steps = decodeURIComponent(ref.slice(1)).split('/').slice(1).map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  const target = steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root);
  return isSchema(target) ? target : undefined;
}

function children(schema: Schema, keywords: { one: string[]; list: string[]; map: string[] }): Schema[] {
  return [
    ...keywords.one.map((name) => schema[name]),
    ...keywords.list.flatMap((name) => schema[name] as unknown[] | undefined ?? []),
    ...keywords.map.flatMap((name) => Object.values(schema[name] as object | undefined ?? {})),
  ].filter(isSchema);
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
