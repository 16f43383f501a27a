export * from './lake-store';
export { S3LakeStore } from './s3-lake-store';
