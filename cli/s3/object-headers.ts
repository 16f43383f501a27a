import type { IncomingHttpHeaders } from 'http';
import { CHECKSUM_HEADER } from './checksum';
import { S3Error } from './errors';
import type { StoredObject } from './object-store';
import { header } from './request';
import type { ObjectFacts } from './sidecar';

const METADATA_HEADER = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;
const KEPT_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'expires'];

/** What a PUT says about its object, without the framing of the request itself. */
export function factsFrom(headers: IncomingHttpHeaders): ObjectFacts {
  const kept: Record<string, string> = {};
  const encoding = (header(headers, 'content-encoding') ?? '').split(',').map((item) => item.trim()).filter((item) => item !== '' && item !== 'aws-chunked');
  if (encoding.length > 0) kept['content-encoding'] = encoding.join(',');
  for (const name of KEPT_HEADERS) {
    const value = header(headers, name);
    if (value !== undefined) kept[name] = value;
  }
  const metadata: Record<string, string> = {};
  for (const name of Object.keys(headers).filter((item) => item.startsWith(METADATA_HEADER))) {
    metadata[name.slice(METADATA_HEADER.length)] = header(headers, name) ?? '';
  }
  const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (bytes > MAX_METADATA_BYTES) throw new S3Error('InvalidArgument', `Your metadata headers exceed the maximum allowed metadata size of ${MAX_METADATA_BYTES} bytes.`);
  return { contentType: header(headers, 'content-type'), headers: kept, metadata };
}

/** The headers of a GET or a HEAD, without length and range. */
export function headersOf(object: StoredObject, withChecksum: boolean): Record<string, string | undefined> {
  const out: Record<string, string | undefined> = {
    ...object.headers,
    'content-type': object.contentType ?? 'binary/octet-stream',
    'etag': `"${object.etag}"`,
    'last-modified': object.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of Object.entries(object.metadata)) out[METADATA_HEADER + name] = value;
  return withChecksum ? { ...out, ...checksumHeaders(object) } : out;
}

export function checksumHeaders(object: StoredObject): Record<string, string> {
  if (!object.checksum) return {};
  return { [CHECKSUM_HEADER + object.checksum.algorithm]: object.checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}
