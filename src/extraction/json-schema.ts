import { existsSync, readFileSync, statSync } from 'node:fs';
import { Token } from 'aws-cdk-lib';

/** A fault of a schema, as Problems tells it. */
interface SchemaProblem {
  readonly got: unknown;
  readonly fix: string;
}

/** A JSON Schema (2020-12), from a file or from the app. */
export class JsonSchema {
  /**
   * A schema in a JSON file. Numbers of any length count as they are written there.
   *
   * @param path the file; relative to the folder in which the app runs.
   */
  static fromFile(path: string): JsonSchema {
    return new JsonSchema(path);
  }

  /** A schema written in the app. Integers beyond 2^53 are rounded by JavaScript: they need a file. */
  static fromObject(schema: Record<string, any>): JsonSchema {
    return new JsonSchema(undefined, schema);
  }

  private constructor(private readonly path?: string, private readonly schema?: Record<string, any>) {}

  /** @internal */
  _problem(): SchemaProblem | undefined {
    if (this.path !== undefined) {
      const isFile = existsSync(this.path) && statSync(this.path).isFile();
      return isFile ? undefined : { got: this.path, fix: `there is no such file in ${process.cwd()}: give the path of a JSON file` };
    }
    if (Token.isUnresolved(this._text())) {
      return { got: 'values known at deployment only', fix: 'write the schema out: it is deployed as a file' };
    }
    const rounded = unsafeInteger(this.schema, '');
    return rounded && { got: `${rounded.value} at ${rounded.pointer}`, fix: 'JavaScript has rounded this number: use JsonSchema.fromFile' };
  }

  /** @internal */
  _text(): string {
    return this.path === undefined ? JSON.stringify(this.schema) : readFileSync(this.path, 'utf8');
  }
}

function unsafeInteger(value: unknown, pointer: string): { pointer: string; value: number } | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? { pointer, value } : undefined;
  }
  for (const [key, child] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
    const found = unsafeInteger(child, `${pointer}/${key}`);
    if (found) {
      return found;
    }
  }
  return undefined;
}
