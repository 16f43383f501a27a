import { S3Client } from '@aws-sdk/client-s3';

/**
 * S3's time: the `Date` header of its newest answer, plus what the monotonic clock counted since.
 * Two functions never compare their own clocks this way.
 */
export class S3Clock {
  private serverMs: number | undefined;
  private receivedAt = 0;

  /** Reads the header of every answer of this client. */
  watch(client: S3Client): void {
    client.middlewareStack.add((next) => async (args) => {
      const output = await next(args);
      const headers = (output.response as { headers?: Record<string, string> } | undefined)?.headers;
      this.received(headers?.date);
      return output;
    }, { step: 'deserialize', priority: 'low', name: 'datalakeS3Date' });
  }

  now(): number {
    return this.serverMs === undefined ? Date.now() : this.serverMs + (performance.now() - this.receivedAt);
  }

  private received(date: string | undefined): void {
    const ms = Date.parse(date ?? '');
    if (!Number.isNaN(ms)) {
      this.serverMs = ms;
      this.receivedAt = performance.now();
    }
  }
}
