/* eslint-disable no-bitwise -- kinds are a set in one number */
import { canBeColumn, keysByColumn } from './glue-columns';
import { unfitKeys } from './glue-type';
import { Kind, MAX_KEYS, SchemaNode } from './schema-node';

const MOST_NAMES = 5;

/** One sentence for every key that the table cannot show under its own name. */
export function schemaNotes(root: SchemaNode): string[] {
  const notes: string[] = [];
  for (const [column, nodes] of keysByColumn(root)) {
    if (!canBeColumn(column)) {
      notes.push(`the key ${quoted(nodes)} has no column: ${column === '' ? 'its name is empty' : 'the name is the partition\'s'}`);
    } else if (nodes.length > 1) {
      notes.push(`the keys ${quoted(nodes)} share the column ${column}: Athena tells upper and lower case not apart`);
    }
  }
  if (root.closed) {
    notes.push(`the records have more than ${MAX_KEYS} keys: keys beyond the first ${MAX_KEYS} have no column`);
  }
  root.children.forEach((child) => addNested(notes, child, child.name));
  return notes;
}

function addNested(notes: string[], node: SchemaNode, path: string): void {
  if ((node.kinds & Kind.Duplicate) !== 0) {
    notes.push(`the key ${JSON.stringify(path)} stands twice in one object: Athena's JSON reader refuses such a record`);
  }
  const unfit = new Set(unfitKeys(node));
  if (unfit.size > 0) {
    notes.push(`${JSON.stringify(path)} is read as JSON text: no struct can have its keys ${quoted(node.children.filter(({ name }) => unfit.has(name)))}`);
  }
  node.children.forEach((child) => addNested(notes, child, `${path}.${child.name}`));
  if (node.item) {
    addNested(notes, node.item, `${path}[*]`);
  }
}

function quoted(nodes: SchemaNode[]): string {
  const names = nodes.slice(0, MOST_NAMES).map(({ name }) => JSON.stringify(name));
  return names.join(', ') + (nodes.length > MOST_NAMES ? ' and others' : '');
}
