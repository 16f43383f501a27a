import { DEFAULT_LIMITS } from '../../../src/spec/defaults';
import { LimitSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';

/** So much may come out of any body: small pages of one repeated record are no bomb, though they look like one. */
const UNJUDGED_BYTES = 16 * 1024 * 1024;

export type BodyLimitSpec = Pick<LimitSpec, 'maxResponseBytes' | 'maxDecompressionRatio'>;

/** Watches one response: what came over the wire against what comes out of the decoders. */
export class BodyLimits {
  /** Undefined for a body without coding. */
  private wireBytes: number | undefined;
  private bytes = 0;

  constructor(private readonly call: string, private readonly limits: BodyLimitSpec = {}) {}

  /** Counts what goes into the decoders. */
  async* wire(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    this.wireBytes = 0;
    for await (const chunk of body) {
      this.wireBytes += chunk.length;
      yield chunk;
    }
  }

  /** Counts what comes out of them, chunk by chunk, so that a bomb takes no memory until it is seen to be one. */
  check(chunk: Buffer): void {
    const { maxResponseBytes = Infinity, maxDecompressionRatio = DEFAULT_LIMITS.maxDecompressionRatio } = this.limits;
    this.bytes += chunk.length;
    if (this.bytes > maxResponseBytes) {
      throw this.exceeded('RESPONSE_TOO_LARGE', `longer than ${maxResponseBytes} bytes; ask for smaller pages or raise limits.maxResponseBytes`);
    }
    if (this.wireBytes !== undefined && this.bytes > Math.max(UNJUDGED_BYTES, this.wireBytes * maxDecompressionRatio)) {
      throw this.exceeded('DECOMPRESSION_LIMIT',
        `${this.bytes} bytes out of ${this.wireBytes} so far, more than ${maxDecompressionRatio} times; if the data is like that, raise limits.maxDecompressionRatio`);
    }
  }

  private exceeded(code: string, what: string): ExtractorError {
    return new ExtractorError(code, `${this.call}: the response is ${what}`, { retryable: false, details: { call: this.call, bytes: this.bytes, wireBytes: this.wireBytes ?? this.bytes } });
  }
}
