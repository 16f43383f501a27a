import type { ObjectStore } from './object-store';
import type { S3Answer, S3Request } from './request';
import { xmlDocument } from './xml';

/** The local lake has no regions; this one needs no LocationConstraint. */
const REGION = 'us-east-1';

export async function listBuckets(store: ObjectStore): Promise<S3Answer> {
  const body = xmlDocument('ListAllMyBucketsResult', {
    Owner: { ID: 'local', DisplayName: 'local' },
    Buckets: { Bucket: store.buckets().map(({ name, created }) => ({ Name: name, CreationDate: created.toISOString() })) },
  });
  return { status: 200, body };
}

export async function createBucket(store: ObjectStore, { bucket }: S3Request): Promise<S3Answer> {
  store.createBucket(bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
}

export async function headBucket(store: ObjectStore, { bucket }: S3Request): Promise<S3Answer> {
  store.bucketFolder(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': REGION } };
}

export async function deleteBucket(store: ObjectStore, { bucket }: S3Request): Promise<S3Answer> {
  store.deleteBucket(bucket);
  return { status: 204 };
}
