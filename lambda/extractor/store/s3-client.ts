import { S3Client } from '@aws-sdk/client-s3';

const CONNECT_MS = 5_000;
// A part of 16 MiB needs 4 s at 32 Mbit/s; a copy inside S3 takes less. Below the quiet time of the commit protocol.
const REQUEST_MS = 20_000;
const ATTEMPTS = 4;

/** An S3 client whose region, credentials and endpoint come from the environment, with bounded waits. */
export function createS3Client(): S3Client {
  return new S3Client({
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    // Names of buckets as hosts do not resolve on an endpoint of one's own.
    forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined,
  });
}
