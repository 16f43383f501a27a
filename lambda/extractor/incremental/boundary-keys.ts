import { DIGEST_CHARS } from '../record-key';

/** Records remembered at and near the watermark: they travel with the state, 11 characters each. */
export const MAX_BOUNDARY_KEYS = 10_000;

/** Digests of records by their cursor's value, as decimal digits. */
export type StoredKeys = Readonly<Record<string, string>>;

/** Which records at and near a cursor's highest value are stored already. */
export class BoundaryKeys {
  static fromJSON(stored: StoredKeys): BoundaryKeys {
    const keys = new BoundaryKeys();
    for (const [value, digests] of Object.entries(stored)) {
      for (let at = 0; at < digests.length; at += DIGEST_CHARS) {
        keys.add(digests.slice(at, at + DIGEST_CHARS), BigInt(value));
      }
    }
    return keys;
  }

  /** Keys that were given up because there are too many at one place. */
  dropped = 0;
  private highestDropped = 0n;
  private readonly values = new Map<string, bigint>();

  get size(): number {
    return this.values.size;
  }

  has(digest: string): boolean {
    return this.values.has(digest);
  }

  add(digest: string, value: bigint): void {
    this.values.set(digest, value);
  }

  addAll(other: BoundaryKeys): void {
    other.values.forEach((value, digest) => this.add(digest, value));
    this.dropped += other.dropped;
    this.highestDropped = max(this.highestDropped, other.highestDropped);
  }

  /** Forgets what lies below, once there is enough of it to be worth it. */
  trim(low: bigint | undefined): void {
    if (this.size > 2 * MAX_BOUNDARY_KEYS) {
      this.prune(low);
    }
  }

  /** Forgets what lies below, and the lowest of what is too much. */
  prune(low: bigint | undefined): void {
    if (low !== undefined && this.highestDropped < low) {
      this.dropped = 0; // nobody will ask for them
    }
    this.values.forEach((value, digest) => {
      if (low !== undefined && value < low) {
        this.values.delete(digest);
      }
    });
    const excess = this.size - MAX_BOUNDARY_KEYS;
    if (excess > 0) {
      const lowest = [...this.values].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, excess);
      lowest.forEach(([digest]) => this.values.delete(digest));
      this.dropped += excess;
      this.highestDropped = max(this.highestDropped, lowest[excess - 1][1]);
    }
  }

  toJSON(): StoredKeys {
    const stored: Record<string, string> = {};
    this.values.forEach((value, digest) => {
      stored[String(value)] = (stored[String(value)] ?? '') + digest;
    });
    return stored;
  }
}

const max = (a: bigint, b: bigint) => (a > b ? a : b);
