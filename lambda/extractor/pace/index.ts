export * from './pacer';
export * from './rate-limit-headers';
