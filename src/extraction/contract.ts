import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, FileSystem } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { undeclared } from './declared-columns';
import { JsonSchema } from './json-schema';
import { reviewSchema } from './schema-review';
import { schemaColumns } from '../catalog/schema-columns';
import { Problems } from '../core/problems';
import { ContractSpec, DEFAULT_MAX_QUARANTINE_RATIO } from '../spec/contract-spec';

/** How much a contract may quarantine. */
export interface ContractOptions {
  /**
   * Share of the records read that may be quarantined, from 0 (none) to 1 (all). A run with more fails and commits
   * nothing: then the API has changed. A run that commits on its way is judged commit by commit.
   *
   * @default 0.1
   */
  readonly maxQuarantineRatio?: number;
}

/**
 * What a source's records must be: a JSON Schema (2020-12) that each record is checked against before it is stored,
 * after the source's transforms. Records that pass are stored byte for byte, and only they make columns. Numbers
 * count as they are written: no integer is rounded. `format` is checked; a schema cannot refer to others by URL.
 *
 * A record that does not pass goes to `quarantine/<source>/`, whole, with the reasons, the run and its position;
 * `datalake redrive` brings it back. A changed contract judges what is read after it was deployed.
 */
export class Contract {
  /** Properties that the schema does not declare are new columns; records that break the schema are quarantined. */
  static evolve(schema: JsonSchema, options: ContractOptions = {}): Contract {
    return new Contract('evolve', schema, options);
  }

  /**
   * Records that break the schema are quarantined, and so are records with a property that it does not declare, at any
   * depth. An object for which the schema declares no property, or says `additionalProperties: true`, stays open.
   */
  static freeze(schema: JsonSchema, options: ContractOptions = {}): Contract {
    return new Contract('freeze', schema, options);
  }

  /** The first record that `freeze` would quarantine ends the run, which commits nothing. */
  static fail(schema: JsonSchema): Contract {
    return new Contract('fail', schema, {});
  }

  private constructor(
    private readonly mode: ContractSpec['mode'],
    private readonly schema: JsonSchema,
    private readonly options: ContractOptions,
  ) {}

  /**
   * The columns that the schema declares where a column's path leads nowhere; undefined if there may be such a column.
   *
   * @internal
   */
  _undeclared(path: string): string[] | undefined {
    return this.mode === 'evolve' ? undefined : undeclared(JSON.parse(this.schema._text()), path);
  }

  /**
   * The columns that the schema declares, for a table in the template.
   *
   * @internal
   */
  _columns(): ReturnType<typeof schemaColumns> {
    return schemaColumns(this.schema._text());
  }

  /** @internal */
  _check(problems: Problems, at: (property: string) => string): void {
    const { maxQuarantineRatio: ratio } = this.options;
    problems.check(ratio === undefined || (ratio >= 0 && ratio <= 1), at('contract.maxQuarantineRatio'), ratio, 'use a number from 0 to 1');
    const unreadable = this.schema._problem();
    if (unreadable) {
      problems.add(at('contract.schema'), unreadable.got, unreadable.fix);
      return;
    }
    const text = this.schema._text();
    for (const { pointer, message } of reviewSchema(text).problems) {
      problems.add(`${at('contract.schema')}#${pointer}`, valueAt(text, pointer), `JSON Schema 2020-12: ${message}`);
    }
  }

  /**
   * Deploys the schema, and gives what the extractor reads of it.
   *
   * @internal
   */
  _bind(scope: Construct): { readonly spec: ContractSpec; readonly statements: iam.PolicyStatement[] } {
    const text = this.schema._text();
    for (const warning of reviewSchema(text).warnings) {
      Annotations.of(scope).addWarningV2('cdk-data-lake-pipeline:schemaChecksNothing', `contract: a part of the schema checks nothing (${warning})`);
    }
    const path = join(FileSystem.mkdtemp('contract-'), 'schema.json');
    writeFileSync(path, text);
    const asset = new assets.Asset(scope, 'Contract', { path });
    const { maxQuarantineRatio: ratio } = this.options;
    return {
      spec: {
        mode: this.mode,
        schema: asset.s3ObjectUrl,
        sha256: createHash('sha256').update(text).digest('hex'),
        ...(ratio !== undefined && ratio !== DEFAULT_MAX_QUARANTINE_RATIO && { maxQuarantineRatio: ratio }),
      },
      statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [asset.bucket.arnForObjects(asset.s3ObjectKey)] })],
    };
  }
}

/** What stands at a JSON pointer; the text itself when it is no JSON. */
function valueAt(text: string, pointer: string): unknown {
  try {
    const steps = pointer.split('/').slice(1).map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
    return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], JSON.parse(text));
  } catch {
    return text;
  }
}
