/** The JSON pointer of what Ajv cannot compile: its own errors tell of the place in words, or not at all. */
export function placeOf({ message }: Error, schema: unknown): string {
  const named = /at path "#([^"]*)"/.exec(message)?.[1];
  if (named !== undefined) {
    return named;
  }
  const reference = /reference (\S+) from/.exec(message)?.[1];
  return find(schema, '', (key, value) => (reference === undefined ? isBadPattern(key, value) : key === '$ref' && value === reference)) ?? '';
}

function isBadPattern(key: string, value: unknown): boolean {
  const patterns = key === 'pattern' ? [value] : key === 'patternProperties' ? Object.keys(value as object) : [];
  return patterns.some((pattern) => {
    try {
      return new RegExp(String(pattern), 'u') === undefined;
    } catch {
      return true;
    }
  });
}

function find(value: unknown, at: string, holds: (key: string, value: unknown) => boolean): string | undefined {
  for (const [key, child] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
    const pointer = `${at}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    const found = holds(key, child) ? pointer : find(child, pointer, holds);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
