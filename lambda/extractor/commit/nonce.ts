import { randomUUID } from 'node:crypto';

/** Tells a write from every other one, also from an equal one: the ETag of the state then never comes twice. */
export const newNonce = (): string => randomUUID();
