/* eslint-disable no-bitwise -- kinds are a set in one number */
import { SchemaNode } from '../extractor/scan/schema-node';

/** Adds to a schema what another one has seen. */
export function absorb(into: SchemaNode, from: SchemaNode): void {
  into.kinds |= from.kinds;
  if (from.item) {
    into.item ??= new SchemaNode('');
    absorb(into.item, from.item);
  }
  for (const child of into.closed ? [] : from.children) {
    absorb(into.child(child.name) ?? into.addChild(child.name), child);
  }
  if (from.closed) {
    into.close();
  }
}
