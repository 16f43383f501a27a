import { Token } from 'aws-cdk-lib';
import { notEmpty } from './auth-parts';
import { checkSource } from './check-source';
import { CustomSourceOptions } from './custom-source';
import { HttpSourceOptions } from './http-source-options';
import { checkAddress, renderNetwork } from './network';
import { renderLimits, renderRetry, renderTimeouts } from './render-limits';
import { renderRequest } from './render-request';
import { checkUrl } from './url';
import { Problems } from '../core/problems';
import { placeholdersInOrigin } from '../spec/request-template';
import { AuthSpec, FormatSpec, PaginationSpec, SOURCE_SPEC_VERSION, SourceSpec, WriteModeSpec } from '../spec/source-spec';
import { placeholderProblems } from '../spec/validate-parent';
import { validateSourceSpec } from '../spec/validate-source-spec';

const WHOLE_RESPONSE = '$';

/** Something that a pipeline extracts into one table. */
export class Source {
  /**
   * A source that is read over HTTP.
   *
   * @param name name of the source and of its table: lower-case letters, digits and underscores.
   */
  static http(name: string, options: HttpSourceOptions): Source {
    return new Source(name, options);
  }

  /**
   * A source that a function of yours extracts: what no HTTP option reads, such as a database, a queue or XML.
   *
   * @param name name of the source and of its table: lower-case letters, digits and underscores.
   */
  static custom(name: string, options: CustomSourceOptions): Source {
    return new Source(name, { url: '', crawlerName: options.crawlerName, cataloguing: options.cataloguing, schedule: options.schedule, quality: options.quality }, options);
  }

  private constructor(
    /** Name of the source and of its table. */
    readonly name: string,
    /**
     * Of a custom source: only what both kinds have.
     *
     * @internal
     */
    readonly _options: HttpSourceOptions,
    /** @internal */
    readonly _custom?: CustomSourceOptions,
  ) {}

  /**
   * What the extractor reads, but for the contract: that needs a place in the construct tree.
   *
   * @internal
   */
  _render(): SourceSpec {
    const { retry, timeouts, limits, network, parent } = this._options;
    const request = renderRequest(this._options);
    const format = this._options.format?._render();
    const spec: SourceSpec = {
      version: SOURCE_SPEC_VERSION,
      source: this.name,
      // Nothing, where JSON needs a path: the validation says so.
      records: this._options.records ?? (format && format.type !== 'json' ? WHOLE_RESPONSE : undefined)!,
      format: unlessDefault<FormatSpec>(format, 'json'),
      request,
      auth: unlessDefault<AuthSpec>(this._options.auth?._render(), 'none'),
      pagination: unlessDefault<PaginationSpec>(this._options.pagination?._render(), 'none'),
      incremental: this._options.incremental?._render(),
      parent: parent?._render(this._options.url, request),
      key: this._options.key,
      writeMode: unlessDefault<WriteModeSpec>(this._options.writeMode?._render(), this._options.incremental ? 'append' : 'snapshot'),
      retry: renderRetry(retry),
      timeouts: renderTimeouts(timeouts),
      limits: renderLimits(limits),
      network: renderNetwork(network),
      responseRules: this._options.responseRules?.length ? this._options.responseRules.map((rule) => rule._render()) : undefined,
      rateLimit: this._options.rateLimit?._render(),
      concurrency: this._options.concurrency,
      transforms: notEmpty(this._options.transforms?.map((transform) => transform._render())),
    };
    return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as SourceSpec;
  }

  /**
   * The endpoint as lineage names it: without its query, which may hold a key. Undefined when known at deployment only.
   *
   * @internal
   */
  _displayUrl(): string | undefined {
    const { url } = this._options;
    return Token.isUnresolved(url) ? undefined : url?.split('?')[0];
  }

  /**
   * What a run does to the data of its day.
   *
   * @internal
   */
  _writeMode(): WriteModeSpec['type'] {
    return this._options.writeMode?._render().type ?? (this._options.incremental ? 'append' : 'snapshot');
  }

  /** @internal */
  _check(problems: Problems): void {
    const { auth, network, parent, url } = this._options;
    const at = (property: string) => `sources.${this.name}.${property}`;
    const spec = this._render();
    for (const { property, got, fix } of validateSourceSpec(spec)) {
      problems.check(property === 'network.allowedHosts' && Token.isUnresolved(got), at(property), got, fix);
    }
    for (const { property, got, fix } of placeholderProblems(Token.isUnresolved(url) ? undefined : url, spec)) {
      problems.add(at(property), got, fix);
    }
    if (placeholdersInOrigin(url).length === 0) {
      checkUrl(url, auth !== undefined && auth._render().type !== 'none', (got, fix) => problems.add(at('url'), got, fix));
      checkAddress(url, network, (got, fix) => problems.add(at('url'), got, fix));
    }
    for (const { property, got, fix } of auth?._problems() ?? []) {
      problems.add(at(property), got, fix);
    }
    for (const { property, got, fix } of (spec.parent && parent?._problems(spec.parent)) ?? []) {
      problems.add(at(property), got, fix);
    }
    const custom = parent?._source._custom ? parent._source.name : undefined;
    problems.check(custom === undefined, at('parent'), custom, 'a function of your own keeps no commits that a child could read: use a source that is read over HTTP');
    checkSource(this._options, at, problems);
    this._options.contract?._check(problems, at);
  }
}

/** Leaves out a part that says no more than the default's type. */
function unlessDefault<T extends { type: string }>(part: T | undefined, defaultType: string): T | undefined {
  return part && part.type === defaultType && Object.keys(part).length === 1 ? undefined : part;
}
