/* eslint-disable no-bitwise -- version and variant stand in some bits of a UUID */
import { createHash } from 'node:crypto';

/** The DNS namespace of RFC 9562, so that anyone can compute the same id. */
const NAMESPACE = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');

/**
 * OpenLineage wants a UUID; one made from the run's own name (RFC 9562, version 5) is the same in every event of the
 * run, whoever tells it and however often.
 */
export function runUuid(...names: readonly string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(names.join('\n')).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
