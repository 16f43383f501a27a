import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

/** The standard's own schemas stand beside the checkout, not in it. */
const SPEC = join(__dirname, '../../../shared/reference/openlineage/spec');

export const schemasAreHere = existsSync(SPEC);

/** What the official JSON schemas find wrong with an event and each of its facets; empty for a valid one. */
export function openLineageErrors(event: unknown): string[] {
  const ajv = loaded();
  const check = (url: string, value: unknown) => {
    const validate = ajv.getSchema(url);
    if (validate === undefined) {
      return [`unknown schema ${url}`];
    }
    return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${url} ${instancePath} ${message}`);
  };
  return [
    ...check('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent', event),
    ...facetsOf(event).flatMap((facet) => check(facet._schemaURL, facet)),
  ];
}

interface Facet { readonly _schemaURL: string }

/** Every object below that names a schema of its own. */
function facetsOf(value: unknown): Facet[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const below = Object.values(value).flatMap(facetsOf);
  return '_schemaURL' in value ? [value as Facet, ...below] : below;
}

let ajv2020: Ajv2020 | undefined;

function loaded(): Ajv2020 {
  if (ajv2020 === undefined) {
    ajv2020 = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv2020);
    for (const file of ['OpenLineage.json', ...readdirSync(join(SPEC, 'facets')).filter((name) => name.endsWith('.json')).map((name) => `facets/${name}`)]) {
      ajv2020.addSchema(JSON.parse(readFileSync(join(SPEC, file), 'utf8')) as object);
    }
  }
  return ajv2020;
}
