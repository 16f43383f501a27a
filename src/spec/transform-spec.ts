import { SecretSpec } from './auth-spec';

/**
 * What is done to a record before it is stored. The path names the record as the API sent it, whatever
 * other transforms do, and may hold `[*]`; one that leads nowhere in a record changes nothing in it.
 */
export type TransformSpec =
  | { readonly type: 'drop'; readonly path: string }
  | { readonly type: 'rename'; readonly path: string; readonly name: string }
  | { readonly type: 'hash'; readonly path: string; readonly secret: SecretSpec }
  | { readonly type: 'mask'; readonly path: string; readonly keepLast?: number };

export const DEFAULT_KEEP_LAST = 0;
