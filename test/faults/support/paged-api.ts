import { randomBytes } from 'node:crypto';
import { Behaviour, json, status } from '../../support/hostile-server';

export type Page = readonly object[];
/** A text stands in a record's place. */
export type PageWithTexts = readonly (object | string)[];

/** `?page=N` answers the N-th page, an empty one behind the last, and whatever fault was put before a page. */
export class PagedApi {
  /** Token that a request must carry; undefined lets all in. */
  token: string | undefined;
  private readonly once = new Map<number, Behaviour[]>();
  private readonly always = new Map<number, Behaviour>();

  constructor(public pages: readonly PageWithTexts[] = []) {}

  /** What a page's response holds beside its records. */
  envelope: (page: number) => object = () => ({});

  /** The response of a page. */
  render = (page: number): Behaviour => json({ ...this.envelope(page), results: this.pages[page - 1] ?? [] });

  /** The next requests of a page meet these, one after the other. */
  fail(page: number, ...behaviours: Behaviour[]): void {
    this.once.set(page, [...this.once.get(page) ?? [], ...behaviours]);
  }

  failAlways(page: number, behaviour: Behaviour): void {
    this.always.set(page, behaviour);
  }

  heal(): void {
    this.once.clear();
    this.always.clear();
  }

  /** All records, as the lines that the table must hold; a text as the JSON that the quarantine must hold. */
  lines(): string[] {
    return this.linesOfPages().flat();
  }

  linesOfPages(): string[][] {
    return this.pages.map((page) => page.map((record) => JSON.stringify(record)));
  }

  readonly behaviour: Behaviour = (request, ...rest) => {
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      return status(401, {}, '{"error":"who are you"}')(request, ...rest);
    }
    const page = Number(new URL(request.url, 'http://localhost').searchParams.get('page') ?? 1);
    const fault = this.once.get(page)?.shift() ?? this.always.get(page);
    return (fault ?? this.render(page))(request, ...rest);
  };
}

/** Pages of people with ids from 1 on; the version tells one truth from the next. */
export const people = (version: number, ...sizes: number[]): Page[] => {
  let id = 0;
  return sizes.map((size) => Array.from({ length: size }, () => ({ id: ++id, version, name: `person ${id}` })));
};

const noise = randomBytes(300_000).toString('base64');

/** Pages of which each fills a part of the smallest size. */
export const FULL_PARTS = { spec: { limits: { partBytes: 64 * 1024 } } } as const;

export const fullPages = (version: number, pages: number): Page[] =>
  Array.from({ length: pages }, (_, i) => [{ id: 2 * i + 1, version, noise }, { id: 2 * i + 2, version }]);
