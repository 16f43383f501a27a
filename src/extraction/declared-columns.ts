type Schema = Readonly<Record<string, unknown>>;

/** With one of these, what stands under `properties` is not all that a value may have. */
const OPEN = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];

/**
 * Whether a JSON Schema whose undeclared properties are not stored leaves room for a column. What it says in another way
 * than by plain `properties` leaves room for anything.
 *
 * @param path the column's path, `login.uuid`; column names have no case.
 * @returns the names that stand where the path leads nowhere, or undefined if it may lead somewhere.
 */
export function undeclared(schema: unknown, path: string): string[] | undefined {
  let node = schema as Schema | undefined;
  for (const name of path.toLowerCase().split('.')) {
    const properties = node?.properties as Schema | undefined;
    if (node === undefined || properties === undefined || OPEN.some((keyword) => keyword in node!)) {
      return undefined;
    }
    const declared = Object.entries(properties).find(([property]) => property.toLowerCase() === name);
    if (!declared) {
      return Object.keys(properties);
    }
    node = declared[1] as Schema | undefined;
  }
  return undefined;
}
