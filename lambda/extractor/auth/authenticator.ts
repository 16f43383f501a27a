import { AuthSpec } from '../../../src/spec/auth-spec';
import { HttpClient } from '../http/http-client';
import { PageRequest } from '../http/page-request';
import { originOf } from '../http/url';
import { Redactor } from '../redact';
import { jwtScheme } from './jwt';
import { oauth2Scheme } from './oauth2';
import { apiKeyScheme, basicScheme, bearerScheme, customHeadersScheme } from './plain-schemes';
import { Scheme, SchemeContext } from './scheme';
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
  switch (spec?.type) {
    case undefined:
    case 'none':
      return { apply: async (request) => request };
    case 'bearer':
      return bearerScheme(spec, context);
    case 'basic':
      return basicScheme(spec, context);
    case 'apiKey':
      return apiKeyScheme(spec, context);
    case 'customHeaders':
      return customHeadersScheme(spec, context);
    case 'oauth2ClientCredentials':
      return oauth2Scheme(spec, context);
    case 'jwt':
      return jwtScheme(spec, context);
    case 'sigV4':
      return sigV4Scheme(spec, context);
  }
}
