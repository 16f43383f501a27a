import { TokenCache } from './token-cache';
import { SecretSpec } from '../../../src/spec/auth-spec';
import { HttpClient } from '../http/http-client';
import { PageRequest } from '../http/page-request';

/** One way to authenticate. */
export interface Scheme {
  apply(request: PageRequest): Promise<PageRequest>;
  /** Drops what was derived from secrets or credentials. */
  forget?(): void;
}

/** What a scheme works with. */
export interface SchemeContext {
  readonly tokens: TokenCache;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
  /** A secret's value, known to the redactor from now on. */
  read(secret: SecretSpec, options?: { multiline: boolean }): Promise<string>;
  /** Makes a value known to the redactor. */
  remember(value: string): string;
  redact(text: string): string;
  /** A client for another origin than the API's, to be closed after use. */
  clientFor(origin: string): HttpClient;
  /** Wall clock in milliseconds. */
  now(): number;
}

export function withHeader(request: PageRequest, name: string, value: string): PageRequest {
  return withHeaders(request, { [name]: value });
}

/** The request with these headers in place of those of the same name. */
export function withHeaders(request: PageRequest, headers: Readonly<Record<string, string>>): PageRequest {
  const added = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const names = added.map(([name]) => name);
  const others = Object.entries(request.headers).filter(([name]) => !names.includes(name.toLowerCase()));
  return { ...request, headers: Object.fromEntries([...others, ...added]) };
}
