import { Behaviour, json, raw, Received } from './hostile-server';
import { CursorIncrementalSpec, SourceSpec } from '../../src/spec';

export interface Row {
  readonly id: number;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly version?: number;
}

export interface ApiOptions {
  readonly size?: number;
  readonly order?: 'ascending' | 'descending' | 'unknown';
  /** The value as the API writes it, JSON text. */
  readonly write?: (at: number) => string;
  /** Whether a row is at or above the value asked for. */
  readonly from?: (since: string) => number;
}

export const query = ({ url }: Received, name: string) => new URL(url, 'http://h').searchParams.get(name);

/** An API over rows that a test changes between requests: `?since=` inclusive, `?skip=`, each row `{id, at, version}`. */
export class ChangingApi {
  rows: Row[] = [];

  constructor(private readonly options: ApiOptions = {}) {}

  put(...rows: Row[]): void {
    for (const row of rows) {
      this.rows = [...this.rows.filter(({ id }) => id !== row.id), row];
    }
  }

  delete(...ids: number[]): void {
    this.rows = this.rows.filter(({ id }) => !ids.includes(id));
  }

  line({ id, at, version = 1 }: Row): string {
    return `{"id":${id},"at":${(this.options.write ?? iso)(at)},"version":${version}}`;
  }

  readonly serve: Behaviour = (request, ...rest) => {
    const { size = 10, from = (text) => Date.parse(text) } = this.options;
    const since = query(request, 'since');
    const rows = this.sorted().filter(({ at }) => since === null || at >= from(since));
    const skip = Number(query(request, 'skip') ?? 0);
    const page = rows.slice(skip, skip + size).map((row) => this.line(row));
    const next = skip + size < rows.length ? skip + size : null;
    return raw(`{"next":${next},"results":[${page.join(',')}]}`)(request, ...rest);
  };

  private sorted(): Row[] {
    const sign = { ascending: 1, descending: -1, unknown: 0 }[this.options.order ?? 'unknown'];
    return sign === 0 ? this.rows : [...this.rows].sort((a, b) => sign * (a.at - b.at));
  }
}

export const iso = (at: number) => JSON.stringify(new Date(at).toISOString());

/** Serves a behaviour until it is told to do something else. */
export class Switch {
  constructor(public now: Behaviour) {}

  readonly serve: Behaviour = (...args) => this.now(...args);
}

export const EMPTY = json({ next: null, results: [] });

/** A source that reads the API by its cursor. */
export const cursorSpec = (cursor: Partial<CursorIncrementalSpec> = {}, more: Partial<SourceSpec> = {}): Partial<SourceSpec> => ({
  pagination: { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'skip' } },
  incremental: { type: 'cursor', path: '$.at', target: { in: 'query', name: 'since' }, ...cursor },
  key: ['$.id'],
  ...more,
});
