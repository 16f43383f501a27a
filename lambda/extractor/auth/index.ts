export * from './authenticator';
export * from './fresh-secrets';
export * from './secret-reader';
export { TokenCache } from './token-cache';
