import { Agent, IncomingHttpHeaders, request } from 'http';
import { ownPeakKib } from './memory';
import { HEADER_PEAK_KIB, RUNTIME_API, FunctionError } from './protocol';

export interface Invocation {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The child's end of the Runtime API. */
export class RuntimeClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly address: string) {}

  async next(): Promise<Invocation> {
    return this.send('GET', '/invocation/next');
  }

  async respond(requestId: string, body: string): Promise<void> {
    await this.send('POST', `/invocation/${requestId}/response`, body);
  }

  async fail(requestId: string, error: FunctionError): Promise<void> {
    await this.send('POST', `/invocation/${requestId}/error`, JSON.stringify(error));
  }

  async failInit(error: FunctionError): Promise<void> {
    await this.send('POST', '/init/error', JSON.stringify(error));
  }

  private async send(method: string, path: string, body = ''): Promise<Invocation> {
    const url = `http://${this.address}${RUNTIME_API}${path}`;
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), [HEADER_PEAK_KIB]: ownPeakKib() };
    return new Promise((done, fail) => {
      const call = request(url, { method, headers, agent: this.agent }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', fail);
        response.on('end', () => done({ headers: response.headers, body: Buffer.concat(pieces).toString() }));
      });
      call.on('error', fail);
      call.end(body);
    });
  }
}
