import { Behaviour, json } from '../../support/hostile-server';

export interface Row { readonly id: number | null; readonly at: number | string }

const PAGE_SIZE = 3;

/** `?since=V&page=N`: the rows whose `at` is at or above V, in the order in which they stand here. */
export class RowsApi {
  /** Rows sent since this was last set to 0. */
  served = 0;
  /** What answers in place of a page. */
  private readonly faults = new Map<number, Behaviour>();

  constructor(public rows: readonly Row[]) {}

  failAlways(page: number, behaviour: Behaviour): void {
    this.faults.set(page, behaviour);
  }

  heal(): void {
    this.faults.clear();
  }

  lines(): string[] {
    return this.rows.map((row) => JSON.stringify(row));
  }

  readonly behaviour: Behaviour = (request, ...rest) => {
    const query = new URL(request.url, 'http://localhost').searchParams;
    const [since, page] = [query.get('since'), Number(query.get('page'))];
    const wanted = this.rows.filter(({ at }) => since === null || (typeof at === 'number' ? at >= Number(since) : at >= since));
    const fault = this.faults.get(page);
    if (fault) {
      return fault(request, ...rest);
    }
    const results = wanted.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    this.served += results.length;
    return json({ results })(request, ...rest);
  };
}
