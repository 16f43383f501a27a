import { randomBytes } from 'node:crypto';

/** Identity of a new run; later ones sort after earlier ones: `20261123T154800Z-ab12cd`. */
export function newRunId(now: Date = new Date(), suffix: string = randomBytes(3).toString('hex')): string {
  return `${now.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')}-${suffix}`;
}
