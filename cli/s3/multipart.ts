import { createHash, randomBytes } from 'crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'fs';
import { rm } from 'fs/promises';
import { join } from 'path';
import { pipeline } from 'stream/promises';
import { receiveFile, receiveText } from './body';
import { BodyVerifier, CHECKSUM_HEADER } from './checksum';
import { writeGuard } from './conditions';
import { S3Error } from './errors';
import { factsFrom } from './object-headers';
import type { ObjectStore } from './object-store';
import { header, S3Answer, S3Request } from './request';
import type { ObjectFacts } from './sidecar';
import { xmlDocument, xmlElements, xmlText } from './xml';

/** S3 refuses smaller parts, but for the last one. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PART_NUMBER = 10_000;

interface Upload extends ObjectFacts {
  readonly bucket: string;
  readonly key: string;
}

interface Part { readonly number: number; readonly path: string; readonly etag: string }

export async function createMultipartUpload(store: ObjectStore, { bucket, key, headers }: S3Request): Promise<S3Answer> {
  store.bucketFolder(bucket);
  const uploadId = randomBytes(16).toString('hex');
  const upload: Upload = { bucket, key, ...factsFrom(headers) };
  mkdirSync(uploadFolder(store, uploadId), { recursive: true });
  writeFileSync(join(uploadFolder(store, uploadId), 'upload.json'), JSON.stringify(upload));
  return { status: 200, body: xmlDocument('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: uploadId }) };
}

export async function uploadPart(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  const { folder } = openUpload(store, request);
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`);
  }
  const file = await receiveFile(request, store.temporaryFile());
  try {
    openUpload(store, request); // aborted meanwhile?
    for (const old of partsOf(folder).filter((part) => part.number === number)) await rm(old.path);
    // The name holds the ETag, so that a part and its hash are one rename.
    renameSync(file.path, join(folder, `${number}-${file.md5}`));
  } finally {
    await rm(file.path, { force: true });
  }
  const checksum = file.checksum && { [CHECKSUM_HEADER + file.checksum.algorithm]: file.checksum.value };
  return { status: 200, headers: { etag: `"${file.md5}"`, ...checksum } };
}

export async function completeMultipartUpload(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  const guard = writeGuard(request.headers);
  const xml = await receiveText(request);
  const { folder, upload } = openUpload(store, request);
  const parts = requestedParts(xml, partsOf(folder));
  const etag = `${createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')))).digest('hex')}-${parts.length}`;
  const path = store.temporaryFile();
  try {
    const checksum = await joinParts(parts, path, fullObjectChecksum(request));
    const { contentType, headers, metadata } = upload;
    store.commit(request.bucket, request.key, path, { contentType, headers, metadata, etag, checksum }, guard);
  } finally {
    await rm(path, { force: true });
  }
  await rm(folder, { recursive: true, force: true });
  const { bucket, key } = request;
  const location = `http://${header(request.headers, 'host') ?? 'localhost'}/${bucket}/${encodeURIComponent(key)}`;
  return { status: 200, body: xmlDocument('CompleteMultipartUploadResult', { Location: location, Bucket: bucket, Key: key, ETag: `"${etag}"` }) };
}

export async function abortMultipartUpload(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  await rm(openUpload(store, request).folder, { recursive: true, force: true });
  return { status: 204 };
}

export async function listParts(store: ObjectStore, request: S3Request): Promise<S3Answer> {
  const { folder } = openUpload(store, request);
  const body = xmlDocument('ListPartsResult', {
    Bucket: request.bucket,
    Key: request.key,
    UploadId: request.query.get('uploadId') ?? '',
    IsTruncated: false,
    Part: partsOf(folder).map(({ number, path, etag }) => {
      const stats = statSync(path);
      return { PartNumber: number, LastModified: stats.mtime.toISOString(), ETag: `"${etag}"`, Size: stats.size };
    }),
  });
  return { status: 200, body };
}

const uploadFolder = (store: ObjectStore, uploadId: string) => join(store.metadataRoot, '.uploads', uploadId);

function openUpload(store: ObjectStore, { bucket, key, query }: S3Request): { folder: string; upload: Upload } {
  store.bucketFolder(bucket);
  const uploadId = query.get('uploadId') ?? '';
  const folder = uploadFolder(store, uploadId);
  const file = join(folder, 'upload.json');
  if (/^[0-9a-f]{32}$/.test(uploadId) && existsSync(file)) {
    const upload: Upload = JSON.parse(readFileSync(file, 'utf8'));
    if (upload.bucket === bucket && upload.key === key) return { folder, upload };
  }
  throw new S3Error('NoSuchUpload', 'The specified multipart upload does not exist. It may have been aborted or completed.');
}

function partsOf(folder: string): Part[] {
  return readdirSync(folder).flatMap((name) => {
    const match = /^(\d+)-([0-9a-f]{32})$/.exec(name);
    return match ? [{ number: Number(match[1]), etag: match[2], path: join(folder, name) }] : [];
  }).sort((a, b) => a.number - b.number);
}

function requestedParts(xml: string, stored: Part[]): Part[] {
  const parts = xmlElements(xml, 'Part').map((item) => {
    const number = Number(xmlText(item, 'PartNumber'));
    const etag = xmlText(item, 'ETag')?.replace(/"/g, '');
    const part = stored.find((candidate) => candidate.number === number && candidate.etag === etag);
    if (!part) throw new S3Error('InvalidPart', `One or more of the specified parts could not be found: part ${number} with ETag ${etag}.`);
    return part;
  });
  if (parts.length === 0) throw new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate: it names no part.');
  if (parts.some((part, i) => i > 0 && parts[i - 1].number >= part.number)) {
    throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  parts.slice(0, -1).forEach((part) => {
    if (statSync(part.path).size < MIN_PART_BYTES) {
      throw new S3Error('EntityTooSmall', `Your proposed upload is smaller than the minimum allowed size: part ${part.number} has less than ${MIN_PART_BYTES} bytes.`);
    }
  });
  return parts;
}

/** The checksum headers of a completion speak of the whole object, unless they end in `-<parts>`. */
function fullObjectChecksum({ headers }: S3Request): BodyVerifier {
  const stated = Object.entries(headers).filter(([name, value]) => name.startsWith(CHECKSUM_HEADER) && !/-\d+$/.test(String(value)));
  return new BodyVerifier(Object.fromEntries(stated));
}

async function joinParts(parts: readonly Part[], path: string, verifier: BodyVerifier) {
  await pipeline(async function* () {
    for (const part of parts) {
      for await (const chunk of createReadStream(part.path)) {
        verifier.update(chunk);
        yield chunk;
      }
    }
  }, createWriteStream(path, { flags: 'wx' }));
  return verifier.finish(new Map()).checksum;
}
