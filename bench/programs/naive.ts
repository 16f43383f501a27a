/** What one writes first: fetch, JSON.parse, JSON.stringify, one gzip stream into a file, at the extractor's level. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { DEFAULT_GZIP_LEVEL } from '../../lambda/extractor/part/part-writer';
import { options, timed } from '../support/program-end';

const { url, pages, file } = options<{ url: string; pages: number; file: string }>();
let records = 0;

async function* lines(): AsyncGenerator<string> {
  for (let page = 1; page <= pages; page++) {
    const response = await fetch(`${url}?page=${page}`);
    const { results } = await response.json() as { results: unknown[] };
    records += results.length;
    yield results.map((record) => `${JSON.stringify(record)}\n`).join('');
  }
}

void timed(async () => {
  await pipeline(Readable.from(lines()), createGzip({ level: DEFAULT_GZIP_LEVEL }), createWriteStream(file));
  return { records };
}).then(() => process.exit());
