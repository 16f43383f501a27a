import { checkHeaderName, checkHeaders } from './check-headers';
import { HttpSourceOptions } from './http-source-options';
import { Pagination } from './pagination';
import { Problems } from '../core/problems';
import { DEFAULT_LIMITS } from '../spec/defaults';

/** @see https://docs.aws.amazon.com/glue/latest/webapi/API_Crawler.html */
const MAX_CRAWLER_NAME = 255;

/** What the extractor's own validation does not know: headers, AWS's names and limits. */
export function checkSource(options: HttpSourceOptions, at: (property: string) => string, problems: Problems): void {
  const { crawlerName, headers, limits, retry } = options;
  const problem = (property: string, got: unknown, fix: string) => problems.add(at(property), got, fix);
  checkHeaders(headers ?? {}, 'headers', problem);
  checkParameters(options.pagination, problem);
  if (options.incremental?._problem !== undefined) {
    problem('incremental.lag', 'the wrong kind of lag', options.incremental._problem);
  }
  headersToSend(options).forEach(({ property, name }) => checkHeaderName(name, property, problem));
  checkCrawlerName(crawlerName, problem);
  if (options.parent?._source._custom) {
    problem('parent', options.parent._source.name, 'a function of its own extracts it, and nothing tells what that committed last: use one made with Source.http');
  }
  if (limits?.maxRecordSize && limits.maxRecordSize.toBytes() > DEFAULT_LIMITS.maxRecordBytes) {
    problem('limits.maxRecordSize', `${limits.maxRecordSize.toBytes()} bytes`, `Athena reads no record beyond ${DEFAULT_LIMITS.maxRecordBytes} bytes`);
  }
  if (retry?.baseDelay && retry.maxDelay && retry.baseDelay.toMilliseconds() > retry.maxDelay.toMilliseconds()) {
    problem('retry.baseDelay', retry.baseDelay.toHumanString(), 'use no more than retry.maxDelay');
  }
}

export function checkCrawlerName(name: string | undefined, problem: (property: string, got: unknown, fix: string) => void): void {
  if (name !== undefined && (name.trim() === '' || name.length > MAX_CRAWLER_NAME)) {
    problem('crawlerName', name, `use 1 to ${MAX_CRAWLER_NAME} characters, or leave it out`);
  }
}

function checkParameters(pagination: Pagination | undefined, problem: (property: string, got: unknown, fix: string) => void): void {
  const spec = pagination?._render();
  const size = spec?.type === 'pageNumber' ? spec.sizeParam : spec?.type === 'offset' ? spec.limitParam : undefined;
  if ((spec?.type === 'pageNumber' || spec?.type === 'offset') && size === spec.param) {
    problem(`pagination.${spec.type === 'offset' ? 'limitParam' : 'sizeParam'}`, size, 'use another parameter than the one that carries the position');
  }
  if (spec?.type === 'linkHeader' && spec.rel === '') {
    problem('pagination.rel', spec.rel, "name the relation of the next page, or leave it out for 'next'");
  }
}

/** Headers that carry a key or a page's token, with the options that name them. */
function headersToSend({ auth, pagination }: HttpSourceOptions): { property: string; name: string }[] {
  const key = auth?._render();
  const pages = pagination?._render();
  return [
    ...(key?.type === 'apiKey' && key.in === 'header' && key.name !== '' ? [{ property: 'auth.header', name: key.name }] : []),
    ...((pages?.type === 'cursor' || pages?.type === 'keyset') && pages.target.in === 'header' && pages.target.name !== '' ? [{ property: 'pagination.target', name: pages.target.name }] : []),
    ...(pages && pages.type !== 'none' && pages.total && 'header' in pages.total ? [{ property: 'pagination.total', name: pages.total.header }] : []),
    ...(pages?.type === 'cursor' && 'header' in pages.token ? [{ property: 'pagination.token', name: pages.token.header }] : []),
  ];
}
