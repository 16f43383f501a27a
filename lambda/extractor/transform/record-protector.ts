import { editsOf } from './record-edits';
import { secretTexts, TransformDependencies } from './record-transformer';
import { ReplaceValue } from './replace-value';
import { Scratch } from './scratch';
import { TransformNode, transformTree } from './transform-tree';
import { TransformSpec } from '../../../src/spec';

const HASH = /^"[0-9a-f]{64}"$/;

/**
 * Keeps what must not be stored out of records that come from the quarantine: a person who corrects one may have put in what the API
 * sent, and a transform may be newer than the record.
 *
 * Such a record has the table's names. Dropping and masking twice is the same as once; of hashes, those that stood in the quarantine
 * are known, and everything else is hashed.
 */
export class RecordProtector {
  static async create(transforms: readonly TransformSpec[] = [], deps: Pick<TransformDependencies, 'secrets' | 'redactor'>): Promise<RecordProtector> {
    return new RecordProtector(await transformTree(transforms, secretTexts(deps)));
  }

  private readonly scratch = new Scratch();
  private readonly known = new Set<string>();
  private collecting = false;
  private readonly tree: TransformNode;

  private constructor(tree: TransformNode) {
    this.tree = this.underStoredNames(tree);
  }

  /**
   * A record without what must not be stored.
   *
   * @param quarantined the record as it stood in the quarantine
   */
  protect(record: Buffer, quarantined: Buffer): Buffer {
    this.known.clear();
    this.collecting = true;
    editsOf(quarantined, this.tree);
    this.collecting = false;
    const edits = editsOf(record, this.tree);
    return edits.length === 0 ? record : Buffer.from(this.scratch.buffer.subarray(0, this.scratch.splice(record, edits)));
  }

  /** Values are found under their new names, and under the API's where no other field has got that name. */
  private underStoredNames(node: TransformNode): TransformNode {
    const children = new Map<string, TransformNode>();
    for (const [key, child] of node.children) {
      const stored = this.underStoredNames(child);
      const names = child.rename === undefined ? [key] : [key, child.rename];
      names.filter((name) => name === child.rename || !node.newNames.has(name)).forEach((name) => children.set(name, stored));
    }
    return {
      drop: node.drop,
      replace: node.replace && (node.hashes ? this.onceOnly(node.replace) : node.replace),
      children,
      every: node.every && this.underStoredNames(node.every),
      newNames: new Set(),
    };
  }

  private onceOnly(hash: ReplaceValue): ReplaceValue {
    return (bytes, start, end) => {
      const text = bytes.toString('latin1', start, end);
      if (this.collecting && HASH.test(text)) {
        this.known.add(text);
      }
      return this.collecting || this.known.has(text) ? undefined : hash(bytes, start, end);
    };
  }
}
