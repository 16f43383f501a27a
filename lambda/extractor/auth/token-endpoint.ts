import { ExtractorError } from '../errors';
import { jsonObject } from './json-object';
import { SchemeContext } from './scheme';
import { Token, token } from './token-cache';
import { displayUrl, parseUrl } from '../http/url';

/** A token response is a few kilobytes at most. */
const MAX_RESPONSE_BYTES = 64 * 1024;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What a header can carry (RFC 6750, section 2.1, and what issuers send beyond it). */
const SENDABLE = /^[\x21-\x7e]+$/;

export interface TokenRequest {
  readonly tokenUrl: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a token endpoint (RFC 6749, section 4.4.2). The credentials in the request reach its origin only. */
export async function requestToken({ tokenUrl, form, headers }: TokenRequest, context: SchemeContext): Promise<Token> {
  const { origin, protocol, hostname } = parseUrl(tokenUrl);
  if (protocol === 'http:' && !LOOPBACK.test(hostname)) {
    throw invalid(tokenUrl, 'is not encrypted, so no credentials are sent to it; use https://');
  }
  const client = context.clientFor(origin);
  const issuedAt = context.now();
  try {
    const response = await client.open({
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    }, context.signal);
    return parseToken(tokenUrl, await readAll(tokenUrl, response.body), issuedAt, context);
  } catch (error) {
    throw tokenError(error);
  } finally {
    await client.close();
  }
}

async function readAll(tokenUrl: string, body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      throw invalid(tokenUrl, `answered more than ${MAX_RESPONSE_BYTES} bytes, which is no token response; check tokenUrl`);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseToken(tokenUrl: string, text: string, issuedAt: number, context: SchemeContext): Token {
  const fields = jsonObject(text);
  if (!fields) {
    throw invalid(tokenUrl, 'answered no JSON object; check tokenUrl');
  }
  const { access_token: value, expires_in: seconds, error } = fields;
  if (typeof value !== 'string' || !SENDABLE.test(value)) {
    // Names only: the values may be other tokens, which the redactor does not know.
    const got = typeof error === 'string' ? `the error "${context.redact(error).slice(0, 100)}"` : `the fields ${JSON.stringify(Object.keys(fields)).slice(0, 200)}`;
    throw invalid(tokenUrl, `answered no usable access_token but ${context.redact(got)}; check tokenUrl and the client's grant`);
  }
  context.remember(value);
  const lifetime = Number(seconds ?? Infinity);
  return token(value, issuedAt, lifetime > 0 ? lifetime * 1000 : Infinity);
}

/** The code tells a refusal from an endpoint that is not there now; what is no answer at all keeps its code. */
function tokenError(error: unknown): unknown {
  if (!(error instanceof ExtractorError) || !error.code.startsWith('HTTP_')) {
    return error;
  }
  return new ExtractorError(error.retryable ? 'TOKEN_UNAVAILABLE' : 'TOKEN_REFUSED', `no access token: ${error.message}`,
    { retryable: error.retryable, retryAfterSeconds: error.retryAfterSeconds, details: error.details });
}

const invalid = (tokenUrl: string, what: string) =>
  new ExtractorError('TOKEN_INVALID', `the token endpoint ${displayUrl(tokenUrl)} ${what}`, { retryable: false });
