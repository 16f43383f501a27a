import { createReadStream, createWriteStream } from 'fs';
import { rm } from 'fs/promises';
import { Transform } from 'stream';
import { pipeline } from 'stream/promises';
import { BodyVerifier } from './checksum';
import { checkRead, writeGuard } from './conditions';
import { S3Error } from './errors';
import { factsFrom } from './object-headers';
import type { ObjectStore, StoredObject } from './object-store';
import { decode, header, S3Answer, S3Request } from './request';
import type { ObjectFacts } from './sidecar';
import { xmlDocument } from './xml';

const COPY_CHUNK_BYTES = 1024 * 1024;
const SOURCE_CONDITION = 'x-amz-copy-source-';

export async function copyObject(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  store.bucketFolder(request.bucket);
  const guard = writeGuard(request.headers);
  const source = copySource(request);
  const replace = directive(request);
  if (!replace && source.bucket === request.bucket && source.key === request.key) {
    throw new S3Error('InvalidRequest', "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.");
  }
  const { object, descriptor } = store.open(source.bucket, source.key);
  const input = createReadStream('', { fd: descriptor, highWaterMark: COPY_CHUNK_BYTES });
  const path = store.temporaryFile();
  try {
    checkRead(request.headers, object, SOURCE_CONDITION);
    const facts: ObjectFacts = replace ? factsFrom(request.headers) : object;
    const etag = await copyContent(input, path, object.etag);
    const copy = store.commit(request.bucket, request.key, path, entryOf(facts, etag, object), guard);
    return { status: 200, body: copyResult(copy) };
  } finally {
    input.destroy();
    await rm(path, { force: true });
  }
}

const entryOf = ({ contentType, headers, metadata }: ObjectFacts, etag: string, source: StoredObject) =>
  ({ contentType, headers, metadata, etag, checksum: source.checksum });

const copyResult = (copy: StoredObject) =>
  xmlDocument('CopyObjectResult', { LastModified: copy.lastModified.toISOString(), ETag: `"${copy.etag}"` });

/** Returns the copy's ETag. The copy of a multipart object is no multipart object, so that its MD5 is not known yet. */
async function copyContent(input: NodeJS.ReadableStream, path: string, etag: string): Promise<string> {
  if (!etag.includes('-')) {
    await pipeline(input, createWriteStream(path, { flags: 'wx' }));
    return etag;
  }
  const verifier = new BodyVerifier({});
  const hash = new Transform({
    transform(chunk, _encoding, done) {
      verifier.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(input, hash, createWriteStream(path, { flags: 'wx' }));
  return verifier.finish(new Map()).md5;
}

function copySource({ headers }: S3Request): { bucket: string; key: string } {
  const text = header(headers, 'x-amz-copy-source') ?? '';
  const [path, version] = text.replace(/^\//, '').split('?versionId=');
  if (version !== undefined) throw new S3Error('NotImplemented', 'x-amz-copy-source names a version; the local S3 keeps no versions.');
  const source = decode(path);
  const slash = source.indexOf('/');
  if (slash < 1 || slash === source.length - 1) {
    throw new S3Error('InvalidArgument', `Copy Source must mention the source bucket and key: sourcebucket/sourcekey, not "${text}".`);
  }
  return { bucket: source.slice(0, slash), key: source.slice(slash + 1) };
}

function directive({ headers }: S3Request): boolean {
  const value = header(headers, 'x-amz-metadata-directive') ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') throw new S3Error('InvalidArgument', `Unknown metadata directive "${value}": COPY or REPLACE.`);
  return value === 'REPLACE';
}
