import { Behaviour, json, raw, Received, status } from './hostile-server';

/** A parent's record as the API writes it, and the JSON of its issues. */
export interface Repo {
  readonly json: string;
  readonly issues: readonly string[];
}

const PAGE_SIZE = 2;

/** A repository with numbered issues. */
export const repo = (name: string, issues: number, more: object = {}): Repo => ({
  json: JSON.stringify({ name, ...more }),
  issues: Array.from({ length: issues }, (_none, i) => JSON.stringify({ id: `${name}-${i + 1}` })),
});

/** `/repos`: all of them, or with `?page=N` the n-th; `/repos/<name>/issues?page=N`: two issues a page, 404 for a repository that is not there. */
export class ReposApi {
  /** Issues sent since this was last set to 0. */
  served = 0;
  private readonly faults = new Map<string, Behaviour>();

  constructor(public repos: readonly Repo[]) {}

  /** Answers in place of a page of issues, until `heal`. */
  fail(name: string, page: number, behaviour: Behaviour): void {
    this.faults.set(`${name} ${page}`, behaviour);
  }

  heal(): void {
    this.faults.clear();
  }

  /** The table of issues, by the fields that a child gets by default. */
  table(repos = this.repos): string[] {
    return repos.flatMap(({ json: text, issues }) => issues.map((issue) => issue.replace('{', `{"_repos_name":${JSON.stringify(nameOf(text))},`)));
  }

  readonly behaviour: Behaviour = (request, ...rest) => {
    const [path, search] = request.url.split('?');
    const page = Number(new URLSearchParams(search).get('page') ?? 1);
    if (path === '/repos') {
      const repos = search === undefined ? this.repos : this.repos.slice(page - 1, page);
      return raw(`{"results":[${repos.map((each) => each.json).join(',')}]}`)(request, ...rest);
    }
    const name = decodeURIComponent(/^\/repos\/([^/]+)\/issues$/.exec(path)?.[1] ?? '');
    const fault = this.faults.get(`${name} ${page}`);
    if (fault) {
      return fault(request, ...rest);
    }
    const found = this.repos.find((each) => nameOf(each.json) === name);
    const issues = found?.issues.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    this.served += issues?.length ?? 0;
    return (issues ? json({ results: issues.map((issue) => JSON.parse(issue) as unknown) }) : status(404))(request, ...rest);
  };
}

const nameOf = (text: string) => String((JSON.parse(text) as { name: unknown }).name);

/** The pages of issues that were asked for, as `name page`. */
export const issuesAsked = (received: readonly Received[]): string[] => received
  .map(({ url }) => /^\/repos\/([^/]+)\/issues(?:\?page=(\d+))?$/.exec(url))
  .flatMap((match) => (match ? [`${decodeURIComponent(match[1])} ${match[2] ?? 1}`] : []));
