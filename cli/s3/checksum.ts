import { createHash } from 'crypto';
import type { IncomingHttpHeaders } from 'http';
import { crc32 } from 'zlib';
import { Crc64Nvme, crc32c } from './crc';
import { S3Error } from './errors';

interface Hasher {
  update(data: Buffer): unknown;
  digest(): Buffer;
}

class Crc32 implements Hasher {
  private value = 0;

  constructor(private readonly next: (data: Buffer, value: number) => number) {}

  update(data: Buffer): void {
    this.value = this.next(data, this.value);
  }

  digest(): Buffer {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(this.value);
    return out;
  }
}

const ALGORITHMS: Record<string, () => Hasher> = {
  crc32: () => new Crc32((data, value) => crc32(data, value)),
  crc32c: () => new Crc32(crc32c),
  crc64nvme: () => new Crc64Nvme(),
  sha1: () => createHash('sha1'),
  sha256: () => createHash('sha256'),
};

export const CHECKSUM_HEADER = 'x-amz-checksum-';
/** Headers with the prefix that name a property of the checksum, not its value. */
const NOT_A_VALUE = ['algorithm', 'type', 'mode'];

/** Checksum of an object, as the SDK names its algorithm (`crc32` ...) and base64. */
export interface Checksum {
  readonly algorithm: string;
  readonly value: string;
}

/** Hashes a body and holds the result against every checksum that the request states, in headers or in a trailer. */
export class BodyVerifier {
  private readonly md5 = createHash('md5');
  private readonly sha256;
  private readonly algorithm: string | undefined;
  private readonly checksum: Hasher | undefined;

  constructor(private readonly headers: IncomingHttpHeaders) {
    this.algorithm = statedAlgorithm(headers);
    this.checksum = this.algorithm === undefined ? undefined : ALGORITHMS[this.algorithm]();
    this.sha256 = /^[0-9a-f]{64}$/.test(String(headers['x-amz-content-sha256'])) ? createHash('sha256') : undefined;
  }

  update(data: Buffer): void {
    this.md5.update(data);
    this.sha256?.update(data);
    this.checksum?.update(data);
  }

  finish(trailers: ReadonlyMap<string, string>): { md5: string; checksum?: Checksum } {
    const md5 = this.md5.digest();
    compareMd5(this.headers['content-md5'], md5);
    if (this.sha256 && this.sha256.digest('hex') !== this.headers['x-amz-content-sha256']) {
      throw new S3Error('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    if (!this.checksum || this.algorithm === undefined) return { md5: md5.toString('hex') };
    const name = CHECKSUM_HEADER + this.algorithm;
    const stated = this.headers[name] ?? trailers.get(name);
    const value = this.checksum.digest().toString('base64');
    if (stated === undefined) throw new S3Error('InvalidRequest', `The request announces ${name} but does not send it.`);
    if (stated !== value) {
      throw new S3Error('BadDigest', `The ${this.algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
    }
    return { md5: md5.toString('hex'), checksum: { algorithm: this.algorithm, value } };
  }
}

function statedAlgorithm(headers: IncomingHttpHeaders): string | undefined {
  const names = [...Object.keys(headers), ...String(headers['x-amz-trailer'] ?? '').split(',')]
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name.startsWith(CHECKSUM_HEADER))
    .map((name) => name.slice(CHECKSUM_HEADER.length))
    .filter((name) => !NOT_A_VALUE.includes(name));
  const algorithms = [...new Set(names)];
  if (algorithms.length > 1) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum types are not allowed.');
  if (algorithms[0] !== undefined && !Object.hasOwn(ALGORITHMS, algorithms[0])) {
    throw new S3Error('NotImplemented', `checksum algorithm "${algorithms[0]}" is unknown to the local S3; it knows ${Object.keys(ALGORITHMS).join(', ')}`);
  }
  return algorithms[0];
}

function compareMd5(stated: string | string[] | undefined, md5: Buffer): void {
  if (stated === undefined) return;
  const expected = Buffer.from(String(stated), 'base64');
  if (expected.length !== 16) throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (!expected.equals(md5)) throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}
