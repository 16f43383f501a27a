/**
 * The least that any extractor in Node does: receive the pages and deflate their bytes, with two requests under way. Nothing is
 * checked, split into records or stored.
 */
import { Agent, Dispatcher } from 'undici';
import { ParallelGzip } from '../support/parallel-gzip';
import { options, timed } from '../support/program-end';

const REQUESTS = 2;

const { url, pages } = options<{ url: string; pages: number }>();
const { origin, pathname } = new URL(url);
const agent = new Agent();
const gzip = new ParallelGzip();

async function take(page: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    agent.dispatch({ origin, path: `${pathname}?page=${page}`, method: 'GET' }, {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: (controller: Dispatcher.DispatchController, chunk: Buffer) => {
        gzip.write(chunk);
        if (gzip.full) {
          controller.pause();
          void gzip.room().then(() => controller.resume());
        }
      },
      onResponseEnd: () => resolve(),
      onResponseError: (_controller: Dispatcher.DispatchController, error: Error) => reject(error),
    });
  });
}

void timed(async () => {
  let next = 1;
  const worker = async () => {
    while (next <= pages) {
      await take(next++);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS }, worker));
  await gzip.end();
  return {};
}).then(() => process.exit());
