/* eslint-disable no-bitwise -- kinds are a set in one number */
import { canBeColumn } from './glue-columns';
import { canBeField, keysByName } from './glue-type';
import { Kind, MAX_KEYS, SchemaNode } from './schema-node';

const MOST_NAMES = 5;

/** Names that need no quotes in SQL, or at most for a sign that Athena takes everywhere. */
const ORDINARY_NAME = /^[\p{L}\p{N}_$]+$/u;
const ORDINARY_ADVICE = 'write it in double quotes in SQL, or rename it with a transform, since AWS promises names of letters, digits and underscores only';

/** What the table does not show under its own name, one sentence each. */
export function schemaNotes(root: SchemaNode): string[] {
  const notes: string[] = [];
  const blank = root.children.filter(({ name }) => name.trim() === '');
  if (blank.length > 0) {
    notes.push(`the key ${quoted(blank)} has no column: its name is empty`);
  }
  const taken = root.children.filter(({ name }) => name.trim() !== '' && !canBeColumn(name.toLowerCase()));
  if (taken.length > 0) {
    notes.push(`the key ${quoted(taken)} has no column: the name is the partition's, and shows the partition`);
  }
  addShared(notes, root, (names, column) => `the keys ${names} share the column ${column}`);
  const odd = root.children.filter(({ name }) => canBeColumn(name.toLowerCase()) && !ORDINARY_NAME.test(name));
  if (odd.length > 0) {
    notes.push(`the column of the key ${quoted(odd)} has a special sign: ${ORDINARY_ADVICE}`);
  }
  if (root.closed) {
    notes.push(`the records have more than ${MAX_KEYS} keys: keys beyond the first ${MAX_KEYS} have no column`);
  }
  root.children.forEach((child) => addNested(notes, child, child.name));
  return notes;
}

function addNested(notes: string[], node: SchemaNode, path: string): void {
  const place = JSON.stringify(path);
  if ((node.kinds & Kind.Duplicate) !== 0) {
    notes.push(`the key ${place} stands twice in one object: Athena's JSON reader refuses such a record`);
  }
  const left = node.children.filter(({ name }) => !canBeField(name));
  if (left.length > 0) {
    notes.push(`${place} is shown without its key ${quoted(left)}: a struct cannot have such a name; the record keeps it`);
  }
  addShared(notes, node, (names, field) => `the keys ${names} of ${place} share the field ${field}`);
  const odd = node.children.filter(({ name }) => canBeField(name) && !ORDINARY_NAME.test(name));
  if (odd.length > 0) {
    notes.push(`the field of the key ${quoted(odd)} of ${place} has a special sign: ${ORDINARY_ADVICE}`);
  }
  node.children.forEach((child) => addNested(notes, child, `${path}.${child.name}`));
  if (node.item) {
    addNested(notes, node.item, `${path}[*]`);
  }
}

/** @see https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html on keys that are the same in lower case */
function addShared(notes: string[], node: SchemaNode, share: (names: string, field: string) => string): void {
  for (const [name, nodes] of keysByName(node)) {
    if (nodes.length > 1 && canBeField(name)) {
      notes.push(`${share(quoted(nodes), name)}: Athena tells upper and lower case not apart. Of several in one record it shows the last, or refuses the record`);
    }
  }
}

function quoted(nodes: SchemaNode[]): string {
  const names = nodes.slice(0, MOST_NAMES).map(({ name }) => JSON.stringify(name));
  return names.join(', ') + (nodes.length > MOST_NAMES ? ' and others' : '');
}
