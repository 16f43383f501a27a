export * from './http-client';
export * from './page-request';
export * from './retry';
