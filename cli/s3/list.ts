import { S3Error } from './errors';
import type { ObjectStore, StoredObject } from './object-store';
import type { S3Answer, S3Request } from './request';
import { Cursor, walkKeys } from './walk';
import { xmlDocument } from './xml';

const MAX_KEYS = 1000;

interface Page {
  readonly contents: StoredObject[];
  readonly prefixes: string[];
  /** Set when there is more. */
  readonly next?: string;
}

export async function listObjectsV2(store: ObjectStore, { bucket, query }: S3Request): Promise<S3Answer> {
  const folder = store.bucketFolder(bucket);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = parseMaxKeys(query.get('max-keys'));
  const token = query.get('continuation-token');
  const cursor = token === null ? { after: query.get('start-after') ?? '' } : decodeToken(token);
  const page = readPage(store, bucket, walkKeys(folder, prefix, cursor), { prefix, delimiter, maxKeys, cursor });
  const name = keyEncoder(query.get('encoding-type'));
  const body = xmlDocument('ListBucketResult', {
    Name: bucket,
    Prefix: name(prefix),
    Delimiter: delimiter === '' ? undefined : name(delimiter),
    StartAfter: query.has('start-after') ? name(query.get('start-after') ?? '') : undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxKeys: maxKeys,
    KeyCount: page.contents.length + page.prefixes.length,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.next,
    Contents: page.contents.map((object) => ({
      Key: name(object.key),
      LastModified: object.lastModified.toISOString(),
      ETag: `"${object.etag}"`,
      Size: object.size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.prefixes.map((item) => ({ Prefix: name(item) })),
  });
  return { status: 200, body };
}

interface PageOptions { readonly prefix: string; readonly delimiter: string; readonly maxKeys: number; readonly cursor: Cursor }

function readPage(store: ObjectStore, bucket: string, keys: Iterable<string>, { prefix, delimiter, maxKeys, cursor }: PageOptions): Page {
  const contents: StoredObject[] = [];
  const prefixes: string[] = [];
  let last: { after: string; skip?: string } | undefined;
  if (maxKeys === 0) return { contents, prefixes };
  for (const key of keys) {
    if (last && contents.length + prefixes.length === maxKeys) return { contents, prefixes, next: encodeToken(last) };
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut !== -1) {
      const common = key.slice(0, cut + delimiter.length);
      prefixes.push(common);
      cursor.skip = common;
      last = { after: key, skip: common };
    } else {
      const object = store.find(bucket, key);
      if (!object) continue;
      contents.push(object);
      last = { after: key };
    }
  }
  return { contents, prefixes };
}

function parseMaxKeys(text: string | null): number {
  if (text === null) return MAX_KEYS;
  if (!/^\d{1,10}$/.test(text)) throw new S3Error('InvalidArgument', `Argument max-keys must be an integer between 0 and 2147483647, not "${text}".`);
  return Math.min(Number(text), MAX_KEYS);
}

function keyEncoder(encodingType: string | null): (key: string) => string {
  if (encodingType === null) return (key) => key;
  if (encodingType !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request: only "url" is known.');
  return (key) => encodeURIComponent(key).replace(/%2F/g, '/');
}

const encodeToken = (cursor: Cursor) => Buffer.from(JSON.stringify([cursor.after, cursor.skip])).toString('base64url');

function decodeToken(token: string): Cursor {
  try {
    const [after, skip] = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof after === 'string') return { after, skip: typeof skip === 'string' ? skip : undefined };
  } catch {
    // the same error as for a token of the wrong shape
  }
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
}
