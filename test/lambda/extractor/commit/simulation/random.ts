const MODULUS = 2 ** 31 - 1;

/** Numbers that a seed fixes (Lehmer's generator): a walk that fails is walked again by its seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds would start alike.
    this.state = (seed * 1_103_515_245 + 12_345) % MODULUS || 1;
    this.next();
  }

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state * 48_271) % MODULUS;
    return this.state / MODULUS;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}
