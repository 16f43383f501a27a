// The only file that knows undici's insides. Its index also loads fetch, WebSocket, EventSource, the
// caches and the mocks: 523 KiB minified against 285 KiB for these files, in a bundle whose limit is 1 MiB.
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import { kParser } from 'undici/lib/core/symbols.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { AddressGuard } from './address-guard';

export type { Agent };

const MAX_HEADER_BYTES = 64 * 1024;

interface AgentOptions {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly guard: AddressGuard;
}

export function createAgent({ connectMs, firstByteMs, idleMs, guard }: AgentOptions): Agent {
  const connect = buildConnector({ timeout: connectMs, allowH2: false, lookup: guard.lookup });
  return new Agent({
    connect: (options, callback) => {
      const refusal = guard.refusal(options.hostname);
      if (refusal) {
        queueMicrotask(() => callback(refusal, null));
        return;
      }
      connect(options, (...result) => {
        if (result[1]) {
          finishWhenClosed(result[1]);
        }
        callback(...result);
      });
    },
    headersTimeout: firstByteMs,
    bodyTimeout: idleMs,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

export function dispatch(agent: Agent, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
  return request.call(agent, options);
}

/** undici's own, as far as it is used here. */
interface Parser {
  paused: boolean;
  readonly ptr: unknown;
  readonly llhttp: { llhttp_resume(ptr: unknown): void };
  /** Does nothing once the socket is destroyed, or when the parser is not paused. */
  resume(): void;
}

/**
 * undici 7 crashes the process by an assertion when the server closes the connection while the reader holds
 * the response back (nodejs/undici#5360, fixed in 8 only, which does without Node 20). These listeners come
 * before undici's own: what has arrived is parsed to its end, beyond the reader's wish by one socket buffer at most.
 */
function finishWhenClosed(socket: Socket & { [kParser]?: Parser }): void {
  const finish = () => {
    const parser = socket[kParser];
    parser?.resume();
    if (parser?.paused) {
      // Only the end of the connection ends this body: undici asks the parser for it next. A broken connection is no such end.
      if (!socket.destroyed) {
        parser.llhttp.llhttp_resume(parser.ptr);
      }
      parser.paused = false;
    }
  };
  socket.prependListener('end', finish).prependListener('error', finish).prependListener('close', finish);
}
