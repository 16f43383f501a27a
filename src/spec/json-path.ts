/** One step of a JSONPath: a member by its name, or every element of an array (`[*]`). */
export type JsonPathStep = { readonly key: string } | { readonly every: true };

const STEP = /\.([A-Za-z_][\w-]*)|\['((?:[^'\\]|\\.)+)'\]|\[\*\]/y;

/**
 * Parses the part of JSONPath (RFC 9535) that names one place in a response:
 * `$`, `$.results`, `$['odd name']`, `$.data[*].items`.
 *
 * @throws Error when the text is not such a path.
 */
export function parseJsonPath(text: string): JsonPathStep[] {
  if (!text.startsWith('$')) {
    throw new Error(`a JSONPath starts with "$", got "${text}"`);
  }
  const steps: JsonPathStep[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    if (!match) {
      throw new Error(`"${text}" is not a JSONPath of the supported kind at position ${at} (allowed: .name, ['name'], [*])`);
    }
    const quoted = match[2]?.replace(/\\(.)/g, '$1');
    steps.push(match[0] === '[*]' ? { every: true } : { key: match[1] ?? quoted });
  }
  return steps;
}
