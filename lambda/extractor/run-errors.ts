import { Counts } from './commit';
import { ExtractorError } from './errors';

/** One page takes longer than one invocation. */
export function pageExceedsTime(page: number): ExtractorError {
  return new ExtractorError('PAGE_EXCEEDS_TIME',
    `page ${page} was not complete before the function's time ran out; ask for smaller pages or give the function more time`,
    { retryable: true, details: { page } });
}

export function cannotGoOn({ pages }: Counts): ExtractorError {
  return new ExtractorError('CANNOT_GO_ON', `the function's time ran out after page ${pages}, and the run cannot go on in another call: `
    + 'pages by number or offset shift when data changes. Name the fields that tell records apart ("key"), or set pagination.stablePages if pages never shift, '
    + 'or give the function more time', { retryable: true, details: { page: pages } });
}

export function snapshotCut(source: string, cut: string, { pages, records }: Counts): ExtractorError {
  return new ExtractorError('SNAPSHOT_CUT', `source "${source}": pagination.${cut} ended the run after ${pages} pages and ${records} records, `
    + 'but the snapshot before it was whole and was kept. Raise the limit, or allow a part of the records with allowCut',
  { retryable: false, details: { source, cut, pages, records } });
}

export function noParents(source: string, parent: string): ExtractorError {
  return new ExtractorError('EMPTY_SNAPSHOT', `source "${source}": its parent "${parent}" has no record to ask for, and the snapshot was kept. `
    + 'If an empty table is right, allow it with allowEmpty', { retryable: false, details: { source, parent } });
}
