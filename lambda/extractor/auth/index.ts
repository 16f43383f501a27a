export * from './authenticator';
export * from './secret-reader';
