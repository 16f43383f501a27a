import { absorb } from './absorb-schema';
import { readComplete } from './backfill/backfill-store';
import { CatalogRequest, GlueColumn } from '../../src/spec';
import { readState } from '../extractor/commit/state';
import { SchemaTree } from '../extractor/scan';
import { LakeStore } from '../extractor/store';

/** The columns of all that a source has committed so far, as its extractor noted them. */
export interface MergedSchema {
  readonly columns: readonly GlueColumn[];
  readonly hash: string;
}

/** What the records of a source were seen to hold; undefined when nothing is committed yet, or the source keeps no state. */
export async function readSchemaTree(store: LakeStore, source: string): Promise<SchemaTree | undefined> {
  const stored = await readState(store, source);
  return stored === undefined || stored.state.schema === null ? undefined : SchemaTree.fromJSON(stored.state.schema);
}

/** @returns undefined when nothing is committed yet. */
export async function readMergedSchema(store: LakeStore, { source }: CatalogRequest): Promise<MergedSchema | 'no state' | undefined> {
  const stored = await readState(store, source);
  const backfills = await readComplete(store, source);
  if (!stored && backfills.length === 0) {
    return 'no state';
  }
  const tree = SchemaTree.fromJSON(stored?.state.schema);
  backfills.forEach(({ schema }) => absorb(tree.root, SchemaTree.fromJSON(schema).root));
  const columns = tree.glueColumns().map(({ name, type }) => ({ Name: name, Type: type }));
  return columns.length === 0 ? undefined : { columns, hash: tree.hash() };
}
