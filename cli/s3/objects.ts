import { closeSync, createReadStream } from 'fs';
import { rm } from 'fs/promises';
import { receiveFile, receiveText } from './body';
import { checkRead, deleteGuard, writeGuard } from './conditions';
import { S3Error } from './errors';
import { checksumHeaders, factsFrom, headersOf } from './object-headers';
import type { ObjectStore, StoredObject } from './object-store';
import { parseRange } from './range';
import { header, S3Answer, S3Request } from './request';
import { xmlDocument, xmlElements, xmlText } from './xml';

const MAX_DELETED_KEYS = 1000;

export async function putObject(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  store.bucketFolder(request.bucket);
  const guard = writeGuard(request.headers);
  const facts = factsFrom(request.headers);
  const file = await receiveFile(request, store.temporaryFile());
  try {
    const object = store.commit(request.bucket, request.key, file.path, { ...facts, etag: file.md5, checksum: file.checksum }, guard);
    return { status: 200, headers: { etag: `"${object.etag}"`, ...checksumHeaders(object) } };
  } finally {
    await rm(file.path, { force: true });
  }
}

export async function getObject(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  const { object, descriptor } = store.open(request.bucket, request.key);
  try {
    const { status, headers, start, end } = readAnswer(request, object);
    if (end < start) {
      closeSync(descriptor);
      return { status, headers };
    }
    return { status, headers, body: createReadStream('', { fd: descriptor, start, end }) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

export async function headObject(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  const object = store.find(request.bucket, request.key);
  if (!object) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  const { status, headers } = readAnswer(request, object);
  return { status, headers };
}

function readAnswer(request: S3Request, object: StoredObject) {
  checkRead(request.headers, object);
  const ifRange = header(request.headers, 'if-range');
  const current = ifRange === undefined || ifRange === `"${object.etag}"`;
  const range = current ? parseRange(header(request.headers, 'range'), object.size) : undefined;
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  const withChecksum = !range && header(request.headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers = {
    ...headersOf(object, withChecksum),
    'content-length': String(end - start + 1),
    'content-range': range && `bytes ${start}-${end}/${object.size}`,
  };
  return { status: range ? 206 : 200, headers, start, end };
}

export async function deleteObject(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  store.remove(request.bucket, request.key, deleteGuard(request.headers));
  return { status: 204 };
}

export async function deleteObjects(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  store.bucketFolder(request.bucket);
  const xml = await receiveText(request);
  const items = xmlElements(xml, 'Object');
  if (items.length === 0 || items.length > MAX_DELETED_KEYS) {
    throw new S3Error('MalformedXML', `The XML you provided was not well-formed or did not validate: it names ${items.length} objects, allowed are 1 to ${MAX_DELETED_KEYS}.`);
  }
  const outcomes = items.map((item) => deleteOne(store, request.bucket, item));
  const quiet = xmlText(xml, 'Quiet') === 'true';
  const body = xmlDocument('DeleteResult', {
    Deleted: quiet ? [] : outcomes.filter((outcome) => outcome.Code === undefined).map(({ Key }) => ({ Key })),
    Error: outcomes.filter((outcome) => outcome.Code !== undefined),
  });
  return { status: 200, body };
}

function deleteOne(store: ObjectStore, bucket: string, item: string): { Key: string; Code?: string; Message?: string } {
  const Key = xmlText(item, 'Key') ?? '';
  try {
    if (xmlText(item, 'VersionId') !== undefined) throw new S3Error('NotImplemented', 'The local S3 keeps no versions.');
    store.remove(bucket, Key, deleteGuard({ 'if-match': xmlText(item, 'ETag') }));
    return { Key };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { Key, Code: error.code, Message: error.message };
  }
}
