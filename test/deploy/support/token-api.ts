import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = 'opensesame';

/** An API on loopback: as many users as it is told, for who has the token. */
export async function startTokenApi() {
  const state = { users: 3 };
  const server = createServer((request, response) => {
    const known = request.headers.authorization === `Bearer ${TOKEN}`;
    const results = Array.from({ length: state.users }, (_, i) => ({ login: { uuid: `u${i + 1}` }, name: { first: `A${i + 1}` }, age: 20 + i }));
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(known ? { results } : { error: 'who are you?' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/users`,
    close: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }),
  };
}

export type TokenApi = Awaited<ReturnType<typeof startTokenApi>>;
