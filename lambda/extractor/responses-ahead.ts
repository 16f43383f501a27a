import { PageRequest, PageResponse } from './http';

/**
 * Responses that are asked for before their turn, so that answer times are not waited for one by one. Their turn, and with it
 * everything that is stored, checkpointed or tried again, stays in order; what no longer comes is let go.
 */
export class ResponsesAhead {
  private readonly responses = new Map<string, Promise<PageResponse>>();

  constructor(private readonly open: (request: PageRequest) => Promise<PageResponse>) {}

  /** The response asked for ahead, with the error that it met; otherwise a new one. */
  take(request: PageRequest): Promise<PageResponse> {
    const key = keyOf(request);
    const response = this.responses.get(key) ?? this.open(request);
    this.responses.delete(key);
    return response;
  }

  /** Asks for these, in this order, and lets go of all others. */
  expect(requests: readonly PageRequest[]): void {
    const expected = new Map(requests.map((request) => [keyOf(request), request]));
    for (const [key, response] of this.responses) {
      if (!expected.has(key)) {
        this.responses.delete(key);
        letGo(response);
      }
    }
    for (const [key, request] of expected) {
      if (!this.responses.has(key)) {
        const response = this.open(request);
        response.catch(() => undefined); // told when its turn comes
        this.responses.set(key, response);
      }
    }
  }
}

const keyOf = ({ method, url, headers, body }: PageRequest) => JSON.stringify([method, url, headers, body]);

/** Leaves the body unread, so that its connection is free again. */
function letGo(response: Promise<PageResponse>): void {
  response.then(({ body }) => body[Symbol.asyncIterator]().return?.()).catch(() => undefined);
}
