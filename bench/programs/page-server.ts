/** The API: `/nested?page=N` and `/flat?page=N` are pages, no two the same; `/nested?bytes=N` is one page of about so many bytes. */
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { PageKind, pagesOf, PageTemplate } from '../support/page-template';
import { closeWithParent, options, say } from '../support/program-end';

const START = Buffer.from('{"results":[');
const END = Buffer.from(']}');

const { root, pages, delayMs = 0 } = options<{ root: string; pages: number; delayMs?: number }>();
const nested = pagesOf(root, 'nested');
const templates: Readonly<Record<PageKind, PageTemplate[]>> = {
  nested: nested.map((page) => new PageTemplate(page)),
  flat: pagesOf(root, 'flat').map((page) => new PageTemplate(page)),
};
/** The records of the pages with the commas between them. */
const lists = nested.map((page) => {
  const { results } = JSON.parse(page.toString()) as { results: unknown[] };
  return new PageTemplate(Buffer.from(JSON.stringify(results).slice(1, -1)));
});

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (searchParams.has('bytes')) {
    sendLargePage(response, Number(searchParams.get('bytes')));
  } else {
    setTimeout(() => sendPage(response, templates[pathname === '/flat' ? 'flat' : 'nested'], Number(searchParams.get('page'))), delayMs);
  }
});

function sendPage(response: ServerResponse, of: PageTemplate[], number: number): void {
  const template = of[number % of.length];
  // Without a delay, two pages are asked for at a time at most: when a template's turn comes again, its bytes have left long ago.
  const page = () => delayMs === 0 ? template.numbered(number) : template.copy(number);
  const body = number <= pages ? page() : Buffer.concat([START, END]);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

function sendLargePage(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  Readable.from(largePage(bytes), { objectMode: false }).pipe(response);
}

function* largePage(bytes: number): Generator<Buffer> {
  yield START;
  for (let number = 0, sent = 0; sent < bytes; number++) {
    const list = lists[number % lists.length].copy(number);
    yield number === 0 ? list : Buffer.concat([Buffer.from(','), list]);
    sent += list.length;
  }
  yield END;
}

server.listen(0, '127.0.0.1', () => {
  say({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  closeWithParent(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
