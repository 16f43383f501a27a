import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const RECORDED_PAGES = 4;

/** Serves four recorded pages of the randomuser API on loopback, as the API itself would: `GET /api/?page=N`. */
export async function startRecordedApi(): Promise<{ url: string; close(): Promise<void> }> {
  const pages = Array.from({ length: RECORDED_PAGES }, (_, i) => gunzipSync(readFileSync(join(__dirname, 'recorded', `page-${i + 1}.json.gz`))));
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('page') ?? 1);
    const body = pages[page - 1] ?? Buffer.from(JSON.stringify({ results: [], info: { page } }));
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/?results=500&seed=pipeline`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
