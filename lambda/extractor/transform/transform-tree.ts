import { hashValue, maskValue, ReplaceValue } from './replace-value';
import { JsonPathStep, parseJsonPath, SecretSpec, TransformSpec } from '../../../src/spec';

/** What is done at one place of a record, and below it. */
export interface TransformNode {
  drop: boolean;
  rename?: string;
  replace?: ReplaceValue;
  /** `replace` hashes. */
  hashes?: boolean;
  readonly children: Map<string, TransformNode>;
  every?: TransformNode;
  /** The children's new names: no other field of the object may have them. */
  readonly newNames: Set<string>;
}

const newNode = (): TransformNode => ({ drop: false, children: new Map(), newNames: new Set() });

/** Sorts transforms by their places. */
export async function transformTree(
  transforms: readonly TransformSpec[],
  readSecret: (secret: SecretSpec) => Promise<string>,
): Promise<TransformNode> {
  const root = newNode();
  for (const transform of transforms) {
    const steps = parseJsonPath(transform.path);
    const parent = steps.slice(0, -1).reduce(child, root);
    const node = child(parent, steps[steps.length - 1]);
    switch (transform.type) {
      case 'drop':
        node.drop = true;
        break;
      case 'rename':
        node.rename = transform.name;
        parent.newNames.add(transform.name);
        break;
      case 'hash':
        node.replace = hashValue(await readSecret(transform.secret));
        node.hashes = true;
        break;
      case 'mask':
        node.replace = maskValue(transform.keepLast);
        break;
    }
  }
  return root;
}

function child(node: TransformNode, step: JsonPathStep): TransformNode {
  if (!('key' in step)) {
    return node.every ??= newNode();
  }
  const found = node.children.get(step.key) ?? newNode();
  node.children.set(step.key, found);
  return found;
}
