import { Behaviour, HostileServer, json, Received, status } from './hostile-server';

/** A token endpoint on loopback. It grants `token-1`, `token-2`, ... unless an answer is scripted. */
export class TokenEndpoint {
  /** Another host than that of the APIs under test, and so another origin. */
  static async start(host = '127.0.0.2'): Promise<TokenEndpoint> {
    const endpoint: TokenEndpoint = new TokenEndpoint(await HostileServer.start([
      (request, response, socket) => (endpoint.answers.shift() ?? endpoint.grant())(request, response, socket),
    ], host));
    return endpoint;
  }

  /** The next answers; the last one is followed by grants of an hour. */
  readonly answers: Behaviour[] = [];
  readonly issued: string[] = [];
  private readonly good = new Set<string>();

  private constructor(private readonly server: HostileServer) {}

  get url(): string {
    return `${this.server.origin}/oauth/token`;
  }

  get received(): readonly Received[] {
    return this.server.received;
  }

  /** The fields of the n-th request. */
  form(n = 0): Record<string, string> {
    return Object.fromEntries(new URLSearchParams(this.server.received[n].body));
  }

  /** Grants a token, with these fields beside it. */
  grant(fields: object = { token_type: 'Bearer', expires_in: 3600 }): Behaviour {
    return (request, response, socket) => {
      const token = `token-${this.issued.length + 1}`;
      this.issued.push(token);
      this.good.add(token);
      return json({ access_token: token, ...fields })(request, response, socket);
    };
  }

  /** All tokens issued until now are refused from now on. */
  revoke(): void {
    this.good.clear();
  }

  /** An API that wants a good token of this endpoint. */
  guard(behaviour: Behaviour): Behaviour {
    return (request, response, socket) => {
      const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
      return (this.good.has(token) ? behaviour : status(401, {}, `the token ${token} is not good`))(request, response, socket);
    };
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** The answer, after a while. */
export const late = (behaviour: Behaviour, ms = 50): Behaviour => async (...request) => {
  await new Promise((later) => setTimeout(later, ms));
  await behaviour(...request);
};
