export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
}

export interface PutOptions {
  /** Write only over the version with this ETag. */
  readonly ifMatch?: string;
  /** Write only when the key is free. */
  readonly ifNoneMatch?: '*';
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Of the body, hex, when it is known: the store refuses bytes that arrive otherwise. @default - computed here */
  readonly sha256?: string;
}

/** `refused`: the condition did not hold, or another conditional write was under way. What stands there must be read again. */
export type PutOutcome = { readonly etag: string } | 'refused';

export interface CopyOptions {
  /** ETag that the source must have. */
  readonly ifMatch: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export type CopyOutcome =
  /** `retried`: an earlier attempt of the same copy may still be under way. */
  | { readonly copied: true; readonly retried: boolean }
  | { readonly copied: false; readonly source: 'missing' | 'changed' };

/**
 * The lake's bucket, as the commit protocol sees it. A call that throws a retryable ExtractorError
 * leaves open whether it took effect: the caller reads again.
 */
export interface LakeStore {
  get(key: string): Promise<StoredObject | undefined>;
  /** A `get` without the body. */
  head(key: string): Promise<Omit<StoredObject, 'body'> | undefined>;
  put(key: string, body: Buffer, options: PutOptions): Promise<PutOutcome>;
  /** All objects under a prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>;
  copy(from: string, to: string, options: CopyOptions): Promise<CopyOutcome>;
  /** Deleting what is gone succeeds. */
  delete(key: string): Promise<void>;
  /** The store's own time in ms since 1970, by its newest answer: the only clock whose times are stored. */
  now(): number;
  /** The place of a key as messages name it. */
  describe(key: string): string;
}
