/** What the extractor's parts cost without fetch, scan and store: the same lines, from memory. */
import { DEFAULT_BLOCK_BYTES } from '../../lambda/extractor/part';
import { linesOf, PageKind, PageTemplate, pagesOf } from '../support/page-template';
import { ParallelGzip } from '../support/parallel-gzip';
import { options, timed } from '../support/program-end';

const { root, kind, pages } = options<{ root: string; kind: PageKind; pages: number }>();
const templates = pagesOf(root, kind).map((page) => new PageTemplate(linesOf(page)));
const lines = Buffer.concat(Array.from({ length: pages }, (_, index) => templates[(index + 1) % templates.length].copy(index + 1)));

void timed(async () => {
  const gzip = new ParallelGzip();
  for (let start = 0; start < lines.length; start += DEFAULT_BLOCK_BYTES) {
    await gzip.room();
    gzip.deflate(lines.subarray(start, start + DEFAULT_BLOCK_BYTES));
  }
  await gzip.end();
  return {};
});
