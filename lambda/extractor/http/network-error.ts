import { ExtractorError } from '../errors';

/** What the client was doing when it failed, for the message. */
export interface FailedCall {
  /** `GET https://host/path`, without query. */
  readonly call: string;
  readonly phase: 'headers' | 'body';
  readonly timeouts: { connectMs: number; firstByteMs: number; idleMs: number };
  redact(text: string): string;
}

type Kind = readonly [code: string, retryable: boolean, message: (call: FailedCall) => string];

const RESET: Kind = ['CONNECTION_RESET', true, () => 'the server closed the connection without a whole response'];
const TRUNCATED: Kind = ['TRUNCATED_RESPONSE', true, () => 'the response ended before its announced end'];
const DNS: Kind = ['DNS_ERROR', true, () => 'the host name does not resolve; check the URL'];
const UNREACHABLE: Kind = ['HOST_UNREACHABLE', true, () => 'there is no route to the host; check the network of the function (VPC, NAT)'];
const TLS: Kind = ['TLS_ERROR', false, () => "the server's TLS certificate or handshake was not accepted"];

const KINDS: Readonly<Record<string, Kind>> = {
  UND_ERR_CONNECT_TIMEOUT: ['TIMEOUT_CONNECT', true, ({ timeouts }) => `no connection within ${timeouts.connectMs} ms (timeouts.connectMs)`],
  UND_ERR_HEADERS_TIMEOUT: ['TIMEOUT_FIRST_BYTE', true, ({ timeouts }) => `no response within ${timeouts.firstByteMs} ms (timeouts.firstByteMs)`],
  UND_ERR_BODY_TIMEOUT: ['TIMEOUT_IDLE', true, ({ timeouts }) => `the response stood still for ${timeouts.idleMs} ms (timeouts.idleMs)`],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: TRUNCATED,
  UND_ERR_HEADERS_OVERFLOW: ['HEADERS_TOO_LARGE', false, () => 'the response headers are larger than 64 KiB'],
  UND_ERR_INVALID_ARG: ['BAD_REQUEST_SPEC', false, () => 'the request cannot be sent; check method, url and headers of the source'],
  // zlib tells a stream that ends too early by Z_BUF_ERROR, for gzip, deflate and brotli alike.
  Z_BUF_ERROR: TRUNCATED,
  ECONNREFUSED: ['CONNECTION_REFUSED', true, () => 'the server refused the connection; check host and port'],
  ECONNRESET: RESET,
  EPIPE: RESET,
  ENOTFOUND: DNS,
  EAI_AGAIN: DNS,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ETIMEDOUT: ['TIMEOUT_CONNECT', true, () => 'the operating system gave up connecting'],
  EPROTO: TLS,
  CERT_HAS_EXPIRED: TLS,
  CERT_NOT_YET_VALID: TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
  UNABLE_TO_GET_ISSUER_CERT: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
};

const CORRUPT: Kind = ['CORRUPT_ENCODING', true, () => 'the compressed response is corrupt'];
const BAD_HTTP: Kind = ['BAD_HTTP', true, () => 'the server does not speak HTTP/1.1 properly'];

const BY_PREFIX: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['ERR_TLS_', TLS],
  ['ERR_SSL_', TLS],
  ['Z_', CORRUPT],
  ['ERR__ERROR_FORMAT', CORRUPT],
  ['ERR_BROTLI', CORRUPT],
  ['ZSTD_', CORRUPT],
];

/** Maps what undici, Node's sockets and zlib throw to one error with a stable code. */
export function networkError(error: unknown, failed: FailedCall): ExtractorError {
  if (error instanceof ExtractorError) {
    return error;
  }
  const { name, code, message } = partsOf(error);
  const [ourCode, retryable, explain] = kindOf(name, code, failed.phase, message);
  // The cause is not attached: messages of foreign errors may hold header values.
  return new ExtractorError(ourCode, failed.redact(`${failed.call}: ${explain(failed)} (${code || name}: ${message})`), {
    retryable,
    details: { cause: code || name, call: failed.call },
  });
}

function kindOf(name: string, code: string, phase: FailedCall['phase'], message: string): Kind {
  // undici 7.30 leaves the code of its parser's errors undefined.
  if (name === 'HTTPParserError') {
    return phase === 'body' && message.includes('EOF') ? TRUNCATED : BAD_HTTP;
  }
  if (code === 'UND_ERR_SOCKET') {
    return phase === 'body' ? TRUNCATED : RESET;
  }
  return KINDS[code]
    ?? BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1]
    ?? ['NETWORK_ERROR', false, () => 'the request failed'];
}

function partsOf(error: unknown): { name: string; code: string; message: string } {
  // Several addresses tried: Node reports one AggregateError with the failures inside.
  const inner = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const { name, code, message } = Object(inner) as Record<string, unknown>;
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  return { name: text(name, 'Error'), code: text(code, ''), message: text(message, String(inner)) };
}
