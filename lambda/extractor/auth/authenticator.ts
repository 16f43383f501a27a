import { AuthSpec, SecretHeaderSpec } from '../../../src/spec/auth-spec';
import { HttpClient } from '../http/http-client';
import { PageRequest } from '../http/page-request';
import { originOf, setQueryParameter } from '../http/url';
import { Redactor } from '../redact';
import { jwtScheme } from './jwt';
import { oauth2Scheme } from './oauth2';
import { Scheme, SchemeContext, withHeader, withHeaders } from './scheme';
import { SecretReader } from './secret-reader';
import { sigV4Scheme } from './sigv4';
import { TokenCache } from './token-cache';

export interface Authenticator {
  readonly hasSecrets: boolean;
  /** How often credentials were dropped. */
  readonly generation: number;
  /** The request with its credentials; as it is when it leads to another origin than the API's. */
  apply(request: PageRequest): Promise<PageRequest>;
  /**
   * After a 401 or 403: the next `apply` reads the secrets anew, since they may have been rotated, and asks for a new token.
   * Does nothing when that has happened since `generation`, so that requests refused together lead to one new token.
   */
  invalidate(generation?: number): void;
}

export interface AuthDependencies {
  readonly secrets: SecretReader;
  readonly redactor: Redactor;
  readonly apiOrigin: string;
  /** @default - tokens last as long as the authenticator */
  readonly tokens?: TokenCache;
  /** Ends a token request that is under way. */
  readonly signal?: AbortSignal;
  /** Opens a client for the origin of a token endpoint. @default - one with the default timeouts */
  clientFor?(origin: string): HttpClient;
  /** Wall clock in milliseconds. @default Date.now */
  now?(): number;
}

export function createAuthenticator(spec: AuthSpec | undefined, deps: AuthDependencies): Authenticator {
  const { secrets, apiOrigin } = deps;
  const scheme = schemeOf(spec, contextOf(deps));
  let generation = 0;
  return {
    hasSecrets: spec !== undefined && spec.type !== 'none',
    get generation() {
      return generation;
    },
    apply: async (request) => (originOf(request.url) === apiOrigin ? scheme.apply(request) : request),
    invalidate: (seen = generation) => {
      if (seen === generation) {
        generation++;
        secrets.invalidate();
        scheme.forget?.();
      }
    },
  };
}

/** Query parameter that holds the API key, which must not stand in a stored position. */
export function authQueryParameter(spec: AuthSpec | undefined): string | undefined {
  return spec?.type === 'apiKey' && spec.in === 'query' ? spec.name : undefined;
}

function contextOf({ secrets, redactor, tokens = new TokenCache(), clientFor, signal, now = Date.now }: AuthDependencies): SchemeContext {
  const redact = (text: string) => redactor.redact(text);
  const remember = (value: string) => {
    redactor.add(value);
    return value;
  };
  return {
    read: async (secret, options) => remember(await secrets.read(secret, options)),
    remember,
    redact,
    tokens,
    clientFor: clientFor ?? ((origin) => new HttpClient({ apiOrigin: origin, peer: 'token endpoint', redact })),
    signal,
    now,
  };
}

function schemeOf(spec: AuthSpec | undefined, context: SchemeContext): Scheme {
  const { read, remember } = context;
  switch (spec?.type) {
    case undefined:
    case 'none':
      return { apply: async (request) => request };
    case 'bearer':
      return { apply: async (request) => withHeader(request, 'authorization', `Bearer ${await read(spec.token)}`) };
    case 'basic':
      return {
        apply: async (request) => {
          const [username, password] = await Promise.all([read(spec.username), read(spec.password)]);
          return withHeader(request, 'authorization', `Basic ${remember(Buffer.from(`${username}:${password}`).toString('base64'))}`);
        },
      };
    case 'apiKey':
      return spec.in === 'header'
        ? { apply: async (request) => withHeader(request, spec.name, await read(spec.key)) }
        : { apply: async (request) => ({ ...request, url: setQueryParameter(request.url, spec.name, await read(spec.key)), secretQuery: [spec.name] }) };
    case 'customHeaders':
      return { apply: async (request) => withHeaders(request, await secretHeaders(spec.headers, context)) };
    case 'oauth2ClientCredentials':
      return oauth2Scheme(spec, context);
    case 'jwt':
      return jwtScheme(spec, context);
    case 'sigV4':
      return sigV4Scheme(spec, context);
  }
}

type StringMap = Record<string, string>;

async function secretHeaders(headers: Readonly<Record<string, SecretHeaderSpec>>, { read }: SchemeContext): Promise<StringMap> {
  const values = Object.entries(headers).map(async ([name, { value, prefix = '' }]) => [name, prefix + await read(value)] as const);
  return Object.fromEntries(await Promise.all(values));
}
