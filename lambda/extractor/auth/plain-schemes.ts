import { Scheme, SchemeContext, withHeader, withHeaders } from './scheme';
import { AuthSpec } from '../../../src/spec/auth-spec';
import { setQueryParameter } from '../http/url';

type SpecOf<Type extends AuthSpec['type']> = Extract<AuthSpec, { type: Type }>;

export function bearerScheme(spec: SpecOf<'bearer'>, { read }: SchemeContext): Scheme {
  return { apply: async (request) => withHeader(request, 'authorization', `Bearer ${await read(spec.token)}`) };
}

export function basicScheme(spec: SpecOf<'basic'>, { read, remember }: SchemeContext): Scheme {
  return {
    apply: async (request) => {
      const [username, password] = await Promise.all([read(spec.username), read(spec.password)]);
      return withHeader(request, 'authorization', `Basic ${remember(Buffer.from(`${username}:${password}`).toString('base64'))}`);
    },
  };
}

export function apiKeyScheme({ key, in: place, name }: SpecOf<'apiKey'>, { read }: SchemeContext): Scheme {
  return {
    apply: async (request) => {
      const value = await read(key);
      return place === 'header'
        ? withHeader(request, name, value)
        : { ...request, url: setQueryParameter(request.url, name, value), secretQuery: [name] };
    },
  };
}

export function customHeadersScheme({ headers }: SpecOf<'customHeaders'>, { read }: SchemeContext): Scheme {
  return {
    apply: async (request) => {
      const values = Object.entries(headers).map(async ([name, { value, prefix = '' }]) => [name, prefix + await read(value)] as const);
      return withHeaders(request, Object.fromEntries(await Promise.all(values)));
    },
  };
}
