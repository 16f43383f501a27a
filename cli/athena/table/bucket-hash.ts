/* eslint-disable no-bitwise -- a hash is bit arithmetic */

/** The bucket of a value: 32-bit Murmur3 of its bytes (Iceberg specification, "Bucket Transform Details" and appendix B). */
export function bucketOf(text: string, type: string, buckets: number): number {
  return (murmur3(bytesOf(text, type)) & 0x7fffffff) % buckets;
}

const DAY_MS = 86_400_000;

function bytesOf(text: string, type: string): Buffer {
  if (type.startsWith('decimal')) {
    return twosComplement(BigInt(text.replace('.', '')));
  }
  switch (type) {
    case 'int': case 'bigint': return long(BigInt(text));
    case 'date': return long(BigInt(Date.parse(`${text}T00:00:00Z`) / DAY_MS));
    case 'timestamp': return long(microseconds(text));
    default: return Buffer.from(text, 'utf8');
  }
}

function microseconds(text: string): bigint {
  const [, moment, fraction = ''] = /^(.*?)(?:\.(\d+))?$/.exec(text) ?? [];
  return BigInt(Date.parse(`${moment.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

function long(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64LE(value);
  return buffer;
}

/** The fewest bytes, the highest first. */
function twosComplement(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 8n) {
    bytes.unshift(Number(rest & 0xffn));
    if ((rest >> 7n) === 0n || (rest >> 7n) === -1n) {
      return Buffer.from(bytes);
    }
  }
}

/** Murmur3, x86, 32 bits, seed 0. */
export function murmur3(data: Buffer): number {
  let hash = 0;
  const mix = (word: number) => {
    const k = Math.imul(word, 0xcc9e2d51);
    return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  };
  const tail = data.length & ~3;
  for (let at = 0; at < tail; at += 4) {
    hash ^= mix(data.readInt32LE(at));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let last = 0;
  for (let at = data.length - 1; at >= tail; at--) {
    last = (last << 8) | data[at];
  }
  hash ^= data.length > tail ? mix(last) : 0;
  hash ^= data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
