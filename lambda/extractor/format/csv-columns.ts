const MOST_NAMES = 5;

export interface CsvColumns {
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * The key of every field. A field without a name becomes `column_<position>`; a name that came before, be it in
 * another case, gets a number: `id`, `ID_2`. JSON keys and Athena's columns must differ, and none is dropped.
 */
export function csvColumns(header: readonly string[]): CsvColumns {
  const taken = new Set(header.map(keyOf));
  const seen = new Set<string>();
  const renamed: string[] = [];
  const names = header.map((given, index) => {
    const wanted = given.trim() === '' ? `column_${index + 1}` : given;
    const name = seen.has(keyOf(wanted)) || (wanted !== given && taken.has(keyOf(wanted))) ? numbered(wanted, new Set([...taken, ...seen])) : wanted;
    seen.add(keyOf(name));
    if (name !== given) {
      renamed.push(`${JSON.stringify(given)} (field ${index + 1}) as ${JSON.stringify(name)}`);
    }
    return name;
  });
  const shown = renamed.slice(0, MOST_NAMES).join(', ') + (renamed.length > MOST_NAMES ? ' and others' : '');
  return { names, warnings: renamed.length > 0 ? [`fields of the CSV header without a name of their own are stored under another: ${shown}`] : [] };
}

const keyOf = (name: string) => name.toLowerCase();

function numbered(name: string, taken: ReadonlySet<string>): string {
  let number = 2;
  while (taken.has(keyOf(`${name}_${number}`))) {
    number++;
  }
  return `${name}_${number}`;
}
