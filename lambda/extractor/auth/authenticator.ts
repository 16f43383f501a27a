import { AuthSpec, SecretSpec } from '../../../src/spec/source-spec';
import { PageRequest } from '../http/page-request';
import { originOf, setQueryParameter } from '../http/url';
import { Redactor } from '../redact';
import { SecretReader } from './secret-reader';

export interface Authenticator {
  readonly hasSecrets: boolean;
  /** The request with its credentials; as it is when it leads to another origin than the API's. */
  apply(request: PageRequest): Promise<PageRequest>;
  /** After a 401 or 403: the next `apply` reads the secrets anew, since they may have been rotated. */
  invalidate(): void;
}

export interface AuthDependencies {
  readonly secrets: SecretReader;
  readonly redactor: Redactor;
  readonly apiOrigin: string;
}

type Apply = (request: PageRequest, read: (secret: SecretSpec) => Promise<string>) => Promise<PageRequest>;

export function createAuthenticator(spec: AuthSpec | undefined, { secrets, redactor, apiOrigin }: AuthDependencies): Authenticator {
  const remember = (value: string) => {
    redactor.add(value);
    return value;
  };
  const read = async (secret: SecretSpec) => remember(await secrets.read(secret));
  const apply = applierOf(spec, remember);
  return {
    hasSecrets: spec !== undefined && spec.type !== 'none',
    apply: async (request) => (originOf(request.url) === apiOrigin ? apply(request, read) : request),
    invalidate: () => secrets.invalidate(),
  };
}

/** Query parameter that holds the API key, which must not stand in a stored position. */
export function authQueryParameter(spec: AuthSpec | undefined): string | undefined {
  return spec?.type === 'apiKey' && spec.in === 'query' ? spec.name : undefined;
}

function applierOf(spec: AuthSpec | undefined, remember: (value: string) => string): Apply {
  switch (spec?.type) {
    case undefined:
    case 'none':
      return async (request) => request;
    case 'bearer':
      return async (request, read) => withHeader(request, 'authorization', `Bearer ${await read(spec.token)}`);
    case 'basic':
      return async (request, read) => {
        const [username, password] = await Promise.all([read(spec.username), read(spec.password)]);
        return withHeader(request, 'authorization', `Basic ${remember(Buffer.from(`${username}:${password}`).toString('base64'))}`);
      };
    case 'apiKey':
      return spec.in === 'header'
        ? async (request, read) => withHeader(request, spec.name, await read(spec.key))
        : async (request, read) => ({ ...request, url: setQueryParameter(request.url, spec.name, await read(spec.key)), secretQuery: [spec.name] });
  }
}

function withHeader(request: PageRequest, name: string, value: string): PageRequest {
  const others = Object.entries(request.headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: { ...Object.fromEntries(others), [name.toLowerCase()]: value } };
}
