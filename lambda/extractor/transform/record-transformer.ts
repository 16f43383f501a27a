import { editsOf, RenameCollision } from './record-edits';
import { Scratch } from './scratch';
import { TransformNode, transformTree } from './transform-tree';
import { SecretSpec, TransformSpec } from '../../../src/spec';
import { SecretReader } from '../auth';
import { ExtractorError } from '../errors';
import { Redactor } from '../redact';

export interface TransformDependencies {
  readonly secrets: SecretReader;
  readonly redactor: Redactor;
  /** Number of the page under way, for errors. */
  page(): number;
}

/** Changes records before anything of them is stored: what is not named stays byte for byte. */
export class RecordTransformer {
  private readonly scratch = new Scratch();
  private tree: TransformNode | undefined;
  /** All but the renames. */
  private treeOfValues: TransformNode | undefined;

  constructor(private readonly transforms: readonly TransformSpec[], private readonly deps: TransformDependencies) {}

  /** Reads the secrets, once an invocation. @throws ExtractorError when one cannot be read */
  async prepare(): Promise<void> {
    const readSecret = secretTexts(this.deps);
    this.tree ??= await transformTree(this.transforms, readSecret);
    this.treeOfValues ??= await transformTree(this.transforms.filter(({ type }) => type !== 'rename'), readSecret);
  }

  /** The record changed last, from the start on; used again by the next. Behind it stands a 0. */
  get buffer(): Buffer {
    return this.scratch.buffer;
  }

  /**
   * Puts a record as it is stored into `buffer`, and returns its length.
   *
   * @param record number of the record in its page
   * @throws ExtractorError RENAME_COLLISION
   */
  apply(bytes: Buffer, record: number): number {
    return this.scratch.splice(bytes, this.edits(bytes, record));
  }

  /** As `apply`, with every field under its own name: for a record that cannot be stored, and must not be shown untransformed. */
  applyToValues(bytes: Buffer): number {
    return this.scratch.splice(bytes, editsOf(bytes, this.treeOfValues!));
  }

  private edits(bytes: Buffer, record: number) {
    try {
      return editsOf(bytes, this.tree!);
    } catch (error) {
      throw error instanceof RenameCollision ? collision(error.field, { page: this.deps.page(), record }) : error;
    }
  }
}

/** Reads the secrets of transforms; none of them is ever shown. */
export const secretTexts = ({ secrets, redactor }: Pick<TransformDependencies, 'secrets' | 'redactor'>) => async (secret: SecretSpec): Promise<string> => {
  const value = await secrets.read(secret);
  redactor.add(value);
  return value;
};

/** Undefined for a source without transforms: its records are not looked at. */
export function createRecordTransformer(transforms: readonly TransformSpec[] = [], deps: TransformDependencies): RecordTransformer | undefined {
  return transforms.length === 0 ? undefined : new RecordTransformer(transforms, deps);
}

function collision(field: string, place: { page: number; record: number }): ExtractorError {
  return new ExtractorError('RENAME_COLLISION',
    `page ${place.page}, record ${place.record}: a field cannot be renamed to ${JSON.stringify(field)}, because the record has a field of that name already; `
    + 'drop or rename that one, or choose another name', { retryable: false, details: { ...place, field } });
}
