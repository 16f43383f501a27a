import { createHash } from 'node:crypto';
import { glueColumns, GlueColumn } from './glue-columns';
import { decodeNode, EncodedNode, encodeNode } from './schema-codec';
import { SchemaNode } from './schema-node';
import { schemaNotes } from './schema-notes';

/** The column of records that are no objects. */
export const VALUE_COLUMN = 'value';

/** The structure of all records scanned so far. Merging is continuing: read a stored tree and scan on. */
export class SchemaTree {
  /** @throws ExtractorError SCHEMA_UNREADABLE when the value is not what `toJSON` made; null and undefined give an empty tree. */
  static fromJSON(value: unknown): SchemaTree {
    return value === undefined || value === null ? new SchemaTree() : new SchemaTree(decodeNode(value));
  }

  /** Rises with every kind or key that was not there before. */
  changes = 0;
  /** Objects met so far, each time they are scanned: numbers them for `seenIn`. */
  objects = 0;
  private encoded: { readonly changes: number; readonly node: EncodedNode } | undefined;

  constructor(readonly root: SchemaNode = new SchemaNode('', true)) {}

  /** Where a record that is no object counts. */
  valueNode(): SchemaNode {
    const known = this.root.child(VALUE_COLUMN);
    if (known) {
      return known;
    }
    this.changes++;
    return this.root.addChild(VALUE_COLUMN);
  }

  /** For `fromJSON`; the same object as long as nothing changed, so that it can be taken before every page. */
  toJSON(): unknown {
    if (this.encoded?.changes !== this.changes) {
      this.encoded = { changes: this.changes, node: encodeNode(this.root) };
    }
    return this.encoded.node;
  }

  glueColumns(): GlueColumn[] {
    return glueColumns(this.root);
  }

  /** Of the Glue columns, whatever the order in which keys came. */
  hash(): string {
    const columns = glueColumns(this.root, { sorted: true });
    return createHash('sha256').update(JSON.stringify(columns.map(({ name, type }) => [name, type]))).digest('hex');
  }

  /** One sentence for every key that the table cannot show under its own name: fit for a run's warnings. */
  collisions(): string[] {
    return schemaNotes(this.root);
  }
}
