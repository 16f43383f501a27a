import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';

/** Actions on the objects under some prefixes or keys. */
export function objectStatement(bucket: s3.IBucket, actions: string[], keys: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources: keys.map((key) => bucket.arnForObjects(key)) });
}

/**
 * Listing of some prefixes or keys only. S3 also asks this of a read of a missing key, with the key as prefix:
 * without it the answer is 403, which tells nothing about the key.
 */
export function listStatement(bucket: s3.IBucket, keys: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': keys } },
  });
}

/** Use of a key, if there is one. */
export function keyStatements(key: kms.IKey | undefined, actions: string[]): iam.PolicyStatement[] {
  return key ? [new iam.PolicyStatement({ actions, resources: [key.keyArn] })] : [];
}

/** Use of the bucket's key, if it has one of its own. */
export const bucketKeyStatements = (bucket: s3.IBucket, actions: string[]) => keyStatements(bucket.encryptionKey, actions);

/** What reading encrypted objects needs. */
export const KMS_READ = ['kms:Decrypt'];

/** What writing and copying encrypted objects needs. */
export const KMS_WRITE = ['kms:Decrypt', 'kms:GenerateDataKey'];
