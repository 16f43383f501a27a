/* eslint-disable no-bitwise -- kinds are a set in one number */
import { ExtractorError } from '../errors';
import { Kind, SchemaNode } from './schema-node';

/** A node without parts is its kinds alone; another is `[kinds, closed, item's node or 0, key, node, key, node ...]`. */
export type EncodedNode = number | EncodedParts;
type EncodedParts = [kinds: number, closed: 0 | 1, item: EncodedNode, ...keysAndNodes: (string | EncodedNode)[]];

const HEAD = 3;

export function encodeNode(node: SchemaNode): EncodedNode {
  const item = node.item === null ? 0 : encodeNode(node.item);
  if (node.children.length === 0 && item === 0 && !node.closed) {
    return node.kinds;
  }
  return [node.kinds, node.closed ? 1 : 0, item, ...node.children.flatMap((child) => [child.name, encodeNode(child)])];
}

/** @throws ExtractorError SCHEMA_UNREADABLE */
export function decodeNode(encoded: unknown): SchemaNode {
  const root = new SchemaNode('', true);
  fill(root, encoded);
  return root;
}

function fill(node: SchemaNode, encoded: unknown): void {
  const [kinds, closed, item, ...keysAndNodes] = Array.isArray(encoded) && encoded.length >= HEAD ? encoded : [encoded, 0, 0];
  if (!Number.isInteger(kinds)) {
    throw unreadable(kinds);
  }
  node.kinds = kinds;
  if ((kinds & Kind.Array) !== 0) {
    node.item = new SchemaNode('');
    fill(node.item, item);
  }
  for (let index = 0; index + 1 < keysAndNodes.length; index += 2) {
    if (typeof keysAndNodes[index] !== 'string') {
      throw unreadable(keysAndNodes[index]);
    }
    fill(node.addChild(keysAndNodes[index]), keysAndNodes[index + 1]);
  }
  if (closed === 1) {
    node.close();
  }
}

function unreadable(got: unknown): ExtractorError {
  const message = `the stored schema is unreadable: got ${JSON.stringify(got)?.slice(0, 40)}, expected what this release writes; restore the object from its last version`;
  return new ExtractorError('SCHEMA_UNREADABLE', message, { retryable: false });
}
