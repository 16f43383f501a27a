/** What the extractor's parts cost without fetch, scan and store: the same lines, blocks, level and concurrency, from memory. */
import { availableParallelism } from 'node:os';
import { constants, deflateRaw } from 'node:zlib';
import { DEFAULT_BLOCK_BYTES } from '../../lambda/extractor/part';
import { DEFAULT_GZIP_LEVEL } from '../../lambda/extractor/part/part-writer';
import { linesOf, PageTemplate, recordedPages } from '../support/page-template';
import { options, timed } from '../support/program-end';

const { root, pages } = options<{ root: string; pages: number }>();
const templates = recordedPages(root).map((page) => new PageTemplate(linesOf(page)));
const lines = Buffer.concat(Array.from({ length: pages }, (_, index) => templates[(index + 1) % templates.length].copy(index + 1)));

async function deflate(block: Buffer): Promise<void> {
  const settings = { level: DEFAULT_GZIP_LEVEL, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: DEFAULT_BLOCK_BYTES / 2 };
  await new Promise<void>((resolve, reject) => deflateRaw(block, settings, (error) => (error ? reject(error) : resolve())));
}

void timed(async () => {
  let next = 0;
  const worker = async () => {
    while (next < lines.length) {
      const start = next;
      next += DEFAULT_BLOCK_BYTES;
      await deflate(lines.subarray(start, next));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker));
  return {};
});
