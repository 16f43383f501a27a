import { createHash } from 'node:crypto';
import { ExtractorError } from '../errors';
import { PageRequest } from '../http/page-request';

const REMEMBERED = 65_536;
const MAX_EMPTY_PAGES = 1_000;

/**
 * Ends a run that goes in circles. Call `request` once for each page (not for each retry), with the request as
 * the paginator built it, and `page` when the page is whole.
 *
 * Memory is bounded: 8 bytes of a SHA-256 for each of the last 65,536 requests and pages, a few megabytes at most;
 * a circle longer than that is not seen. Two different pages share their 8 bytes with a probability below 1 in a billion.
 */
export class LoopGuard {
  private readonly requests = new Recent();
  private readonly digests = new Recent();
  private requested = 0;
  private received = 0;
  private empty = 0;

  request(request: PageRequest): void {
    this.requested++;
    const earlier = this.requests.remember(JSON.stringify([request.method, request.url, request.headers, request.body]), this.requested);
    if (earlier !== undefined) {
      throw loop(this.requested, `asks for the same as page ${earlier}: the API sends back a token or link that was used before`,
        'check pagination.token or pagination.path, or set pagination.maxPages');
    }
  }

  /** @param digest of the records, not of the whole response, which may hold a time or a request id */
  page(digest: string, records: number): void {
    this.received++;
    this.empty = records === 0 ? this.empty + 1 : 0;
    if (this.empty > MAX_EMPTY_PAGES) {
      throw loop(this.received, `is one of more than ${MAX_EMPTY_PAGES} empty pages in a row, each with a link to a next one`,
        'set pagination.hasMore or pagination.maxPages');
    }
    const earlier = records === 0 ? undefined : this.digests.remember(digest, this.received);
    if (earlier !== undefined) {
      throw loop(this.received, `has the same records as page ${earlier}: the API seems to ignore what asks for the next page`,
        "check the pagination's parameter names against the API's documentation");
    }
  }
}

function loop(page: number, what: string, fix: string): ExtractorError {
  return new ExtractorError('LOOP_DETECTED', `page ${page} ${what}; ${fix}`, { retryable: false, details: { page } });
}

class Recent {
  private readonly pages = new Map<bigint, number>();

  /** The page that had the same text, or undefined. */
  remember(text: string, page: number): number | undefined {
    const key = createHash('sha256').update(text).digest().readBigUInt64BE(0);
    const earlier = this.pages.get(key);
    this.pages.set(key, page);
    if (this.pages.size > REMEMBERED) {
      this.pages.delete(this.pages.keys().next().value!);
    }
    return earlier;
  }
}
