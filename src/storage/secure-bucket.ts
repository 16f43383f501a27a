import * as s3 from 'aws-cdk-lib/aws-s3';

/** What every bucket here is: TLS only, closed to the public, without ACLs, versioned. */
export const SECURE_BUCKET = {
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
} satisfies s3.BucketProps;

/** Encrypted with a key of ours, or else with those of S3. Bucket keys save most of the calls to KMS. */
export const encryptedWith = (encryptionKey: s3.BucketProps['encryptionKey']): s3.BucketProps =>
  (encryptionKey ? { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true } : { encryption: s3.BucketEncryption.S3_MANAGED });
