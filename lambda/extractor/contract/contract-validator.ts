import { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { closeObjects } from './close-objects';
import { parseExact } from './exact-json';
import { useExactNumbers } from './exact-keywords';
import { placeOf } from './schema-place';
import { violationOf } from './violation';
import type { ContractValidator, SchemaReview, ValidatorOptions } from '../../../src/spec/contract-spec';

// The entry of a bundle of its own, beside the extractor's: only sources with a contract load Ajv.

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** Violations of a record that are told. */
const MOST_VIOLATIONS = 10;

/** What keeps a text from being a JSON Schema, and what in it checks nothing. */
export function reviewSchema(text: string): SchemaReview {
  const warnings: string[] = [];
  let schema: Readonly<Record<string, unknown>> = {};
  try {
    schema = readSchema(text);
    const problem = problemOfRoot(schema);
    if (problem) {
      return { problems: [problem], warnings };
    }
    const ajv = newAjv(true, (message) => warnings.push(message));
    void ajv.validateSchema(schema); // its errors stand in ajv.errors
    const problems = (ajv.errors ?? []).filter(saysSomething).map(violationOf).map(({ pointer, message }) => ({ pointer, message }));
    if (problems.length === 0) {
      ajv.compile(schema);
    }
    return { problems: firstOfPlace(problems), warnings: distinct(warnings) };
  } catch (error) {
    return { problems: [{ pointer: placeOf(error as Error, schema), message: (error as Error).message }], warnings };
  }
}

export function createValidator(text: string, { frozen, alsoKnown }: ValidatorOptions): ContractValidator {
  const compile = (allErrors: boolean): ValidateFunction => {
    const schema = readSchema(text);
    if (frozen) {
      closeObjects(schema, alsoKnown);
    }
    return newAjv(allErrors, () => undefined).compile(schema);
  };
  // The first error suffices for most records; finding all of them costs more, and another compilation.
  const accepts = compile(false);
  let explain: ValidateFunction | undefined;
  return {
    violations: (bytes, start, end) => {
      const record = parseExact(bytes, start, end);
      if (accepts(record)) {
        return [];
      }
      explain ??= compile(true);
      explain(record);
      return distinct((explain.errors ?? accepts.errors ?? []).filter(saysSomething).map(violationOf)).slice(0, MOST_VIOLATIONS);
    },
  };
}

function newAjv(allErrors: boolean, warn: (message: string) => void): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    verbose: true, // the violated schema's own numbers, for messages
    ownProperties: true, // "constructor" is no property that every record has
    strict: false,
    strictSchema: 'log',
    logger: { log: warn, warn, error: warn },
  });
  addFormats(ajv);
  useExactNumbers(ajv);
  return ajv;
}

function readSchema(text: string): Record<string, unknown> {
  JSON.parse(text); // `parseExact` trusts what it reads
  const bytes = Buffer.from(text);
  return parseExact(bytes, 0, bytes.length) as Record<string, unknown>;
}

function problemOfRoot(schema: unknown): SchemaReview['problems'][number] | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return { pointer: '', message: 'must be an object' };
  }
  const { $schema = DRAFT, $async } = schema as { $schema?: unknown; $async?: unknown };
  if (String($schema).replace(/#$/, '') !== DRAFT) {
    return { pointer: '/$schema', message: `must be ${DRAFT}` };
  }
  return $async === undefined ? undefined : { pointer: '/$async', message: 'is no keyword of JSON Schema' };
}

/** A composition's own error repeats what its parts say. */
const saysSomething = ({ keyword }: ErrorObject) => keyword !== 'if';

const distinct = <T>(list: readonly T[]): T[] => [...new Map(list.map((each) => [JSON.stringify(each), each])).values()];

/** A wrong type is said to be none of the words, no list of them, and neither: the first suffices. */
const firstOfPlace = (problems: SchemaReview['problems']) =>
  problems.filter(({ pointer }, index) => problems.findIndex((other) => other.pointer === pointer) === index);
