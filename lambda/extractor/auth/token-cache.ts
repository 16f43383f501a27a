import { ExtractorError } from '../errors';

/** Longest time before its end that a token is replaced, and the share of its life when that is shorter. */
const REFRESH_AHEAD_MS = 60_000;
const REFRESH_AHEAD_SHARE = 0.1;

/** Times in milliseconds of the wall clock: a monotonic one stands still while Lambda freezes the process. */
export interface Token {
  readonly value: string;
  /** Infinity when the issuer does not tell. */
  readonly expiresAt: number;
  readonly refreshAt: number;
}

/** A token that lives that long from `issuedAt`, the time before it was asked for. */
export function token(value: string, issuedAt: number, lifetimeMs: number): Token {
  const expiresAt = issuedAt + lifetimeMs;
  return { value, expiresAt, refreshAt: expiresAt - Math.min(REFRESH_AHEAD_MS, lifetimeMs * REFRESH_AHEAD_SHARE) };
}

/** The tokens of a process, kept over its invocations. */
export class TokenCache {
  private readonly slots = new Map<string, TokenSlot>();

  /** The place of the token that these settings lead to. */
  slot(settings: unknown): TokenSlot {
    const key = JSON.stringify(settings);
    const slot = this.slots.get(key) ?? new TokenSlot();
    this.slots.set(key, slot);
    return slot;
  }
}

/** One token: fetched by one caller for all, replaced ahead of its end. */
export class TokenSlot {
  private current?: Token;
  private flight?: Promise<Token>;

  async get(now: () => number, fetch: () => Promise<Token>): Promise<string> {
    const held = this.current;
    if (held && now() < held.refreshAt) {
      return held.value;
    }
    try {
      return (await (this.flight ?? this.start(fetch))).value;
    } catch (error) {
      const passing = error instanceof ExtractorError && error.retryable;
      if (held && held === this.current && passing && now() < held.expiresAt) {
        return held.value; // refreshed ahead: the next call tries again
      }
      throw error;
    }
  }

  /** The next call fetches anew, whatever is under way. */
  forget(): void {
    this.current = undefined;
    this.flight = undefined;
  }

  private start(fetch: () => Promise<Token>): Promise<Token> {
    const flight = this.land(fetch, () => this.flight === flight);
    this.flight = flight;
    return flight;
  }

  private async land(fetch: () => Promise<Token>, stillWanted: () => boolean): Promise<Token> {
    await undefined; // `flight` is set from here on
    try {
      const fetched = await fetch();
      if (stillWanted()) {
        this.current = fetched;
      }
      return fetched;
    } finally {
      if (stillWanted()) {
        this.flight = undefined;
      }
    }
  }
}
