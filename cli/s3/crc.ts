/* eslint-disable no-bitwise -- cyclic redundancy checks are bit arithmetic */

/** Castagnoli's polynomial, bits reversed. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C of `data`, going on from an earlier value. */
export function crc32c(data: Uint8Array, value = 0): number {
  let crc = ~value;
  for (let i = 0; i < data.length; i++) crc = CRC32C_TABLE[(crc ^ data[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The NVMe polynomial, bits reversed; 64 bits as two halves, because BigInt is fifty times slower. */
const NVME = { high: 0x9a6c9329, low: 0xac4bc9b5 };
const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= NVME.low;
      high ^= NVME.high;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

export class Crc64Nvme {
  private high = 0xffffffff;
  private low = 0xffffffff;

  update(data: Uint8Array): void {
    let { high, low } = this;
    for (let i = 0; i < data.length; i++) {
      const index = (low ^ data[i]) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ LOW[index];
      high = (high >>> 8) ^ HIGH[index];
    }
    this.high = high;
    this.low = low;
  }

  digest(): Buffer {
    const out = Buffer.alloc(8);
    out.writeUInt32BE(~this.high >>> 0, 0);
    out.writeUInt32BE(~this.low >>> 0, 4);
    return out;
  }
}
