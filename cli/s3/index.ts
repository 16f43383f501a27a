export { S3Error } from './errors';
export type { S3ErrorCode } from './errors';
export { startS3Server } from './server';
export type { S3AnswerInfo, S3RequestInfo, S3Server, S3ServerOptions } from './server';
