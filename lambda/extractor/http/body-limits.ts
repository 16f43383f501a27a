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

  /** Watches what lies between two decoders: it may be a bomb, though little comes out in the end. */
  async* between(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      this.judge(bytes);
      yield chunk;
    }
  }

  /** Counts what comes out of them, chunk by chunk, so that a bomb takes no memory until it is seen to be one. */
  check(chunk: Buffer): void {
    const { maxResponseBytes = Infinity } = this.limits;
    this.bytes += chunk.length;
    if (this.bytes > maxResponseBytes) {
      throw this.exceeded('RESPONSE_TOO_LARGE', this.bytes, `longer than ${maxResponseBytes} bytes; ask for smaller pages or raise limits.maxResponseBytes`);
    }
    this.judge(this.bytes);
  }

  private judge(bytes: number): void {
    const { maxDecompressionRatio = DEFAULT_LIMITS.maxDecompressionRatio } = this.limits;
    if (this.wireBytes !== undefined && bytes > Math.max(UNJUDGED_BYTES, this.wireBytes * maxDecompressionRatio)) {
      throw this.exceeded('DECOMPRESSION_LIMIT', bytes,
        `${bytes} bytes out of ${this.wireBytes} so far, more than ${maxDecompressionRatio} times; if the data is like that, raise limits.maxDecompressionRatio`);
    }
  }

  private exceeded(code: string, bytes: number, what: string): ExtractorError {
    return new ExtractorError(code, `${this.call}: the response is ${what}`, { retryable: false, details: { call: this.call, bytes, wireBytes: this.wireBytes ?? bytes } });
  }
}
