import { createBucket, deleteBucket, headBucket, listBuckets } from './buckets';
import { copyObject } from './copy';
import { S3Error } from './errors';
import { listObjectsV2 } from './list';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, listParts, uploadPart } from './multipart';
import type { ObjectStore } from './object-store';
import { deleteObject, deleteObjects, getObject, headObject, putObject } from './objects';
import type { S3Answer, S3Request } from './request';

type Handler = (store: ObjectStore, request: S3Request) => Promise<S3Answer>;

export interface Operation {
  /** As the AWS API names it. */
  readonly name: string;
  readonly handle: Handler;
}

interface Route extends Operation {
  readonly on: 'service' | 'bucket' | 'object';
  readonly method: string;
  /** Query parameters that must be there; one of the form `name=value` must have that value. */
  readonly requires?: readonly string[];
  readonly allows?: readonly string[];
  readonly header?: string;
}

/** The first route that fits. */
const ROUTES: readonly Route[] = [
  { name: 'ListBuckets', on: 'service', method: 'GET', handle: listBuckets },
  { name: 'ListObjectsV2', on: 'bucket', method: 'GET', requires: ['list-type=2'], allows: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type', 'fetch-owner'], handle: listObjectsV2 },
  { name: 'HeadBucket', on: 'bucket', method: 'HEAD', handle: headBucket },
  { name: 'CreateBucket', on: 'bucket', method: 'PUT', handle: createBucket },
  { name: 'DeleteBucket', on: 'bucket', method: 'DELETE', handle: deleteBucket },
  { name: 'DeleteObjects', on: 'bucket', method: 'POST', requires: ['delete'], handle: deleteObjects },
  { name: 'CreateMultipartUpload', on: 'object', method: 'POST', requires: ['uploads'], handle: createMultipartUpload },
  { name: 'CompleteMultipartUpload', on: 'object', method: 'POST', requires: ['uploadId'], handle: completeMultipartUpload },
  { name: 'AbortMultipartUpload', on: 'object', method: 'DELETE', requires: ['uploadId'], handle: abortMultipartUpload },
  { name: 'ListParts', on: 'object', method: 'GET', requires: ['uploadId'], handle: listParts },
  { name: 'UploadPartCopy', on: 'object', method: 'PUT', requires: ['uploadId', 'partNumber'], header: 'x-amz-copy-source', handle: unknownOperation },
  { name: 'UploadPart', on: 'object', method: 'PUT', requires: ['uploadId', 'partNumber'], handle: uploadPart },
  { name: 'CopyObject', on: 'object', method: 'PUT', header: 'x-amz-copy-source', handle: copyObject },
  { name: 'PutObject', on: 'object', method: 'PUT', handle: putObject },
  { name: 'GetObject', on: 'object', method: 'GET', handle: getObject },
  { name: 'HeadObject', on: 'object', method: 'HEAD', handle: headObject },
  { name: 'DeleteObject', on: 'object', method: 'DELETE', handle: deleteObject },
];

/** What is asked for; a request that the local S3 does not know is an operation too, which answers 501. */
export function operationOf(request: S3Request): Operation {
  const on = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object';
  return ROUTES.find((route) => route.on === on && fits(route, request)) ?? { name: 'Unknown', handle: unknownOperation };
}

function fits(route: Route, { method, query, headers }: S3Request): boolean {
  if (method !== route.method || (route.header !== undefined && headers[route.header] === undefined)) return false;
  const required = (route.requires ?? []).map((item) => item.split('='));
  if (!required.every(([name, value]) => query.has(name) && (value === undefined || query.get(name) === value))) return false;
  const known = [...required.map(([name]) => name), ...route.allows ?? []];
  return [...query.keys()].every((name) => known.includes(name) || isIncidental(name));
}

/** The SDK's own note of the operation, and a presigned signature, which is not checked. */
const isIncidental = (name: string) => name === 'x-id' || /^x-amz-/i.test(name);

async function unknownOperation(_store: ObjectStore, { method, bucket, key, query }: S3Request): Promise<S3Answer> {
  const target = key !== '' ? 'an object' : bucket !== '' ? 'a bucket' : 'the service';
  const names = [...query.keys()].filter((name) => !isIncidental(name));
  const what = `${method} on ${target}${names.length > 0 ? ` with ${names.join(', ')}` : ''}`;
  throw new S3Error('NotImplemented', `The local S3 does not know this operation: ${what}.`);
}
