export * from './body-value';
export * from './response-rules';
