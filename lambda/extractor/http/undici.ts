// The only file that knows undici's insides. Its index also loads fetch, WebSocket, EventSource, the
// caches and the mocks: 523 KiB minified against 285 KiB for these two files, in a bundle whose limit is 1 MiB.
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';

export { Agent };

export function dispatch(agent: Agent, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
  return request.call(agent, options);
}
