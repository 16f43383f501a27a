import { createHandler } from './handler';

/** Lambda's entry point. */
export const handler = createHandler(process.env);
