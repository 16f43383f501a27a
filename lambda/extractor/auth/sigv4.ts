import { createHash, createHmac, Hash, Hmac } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SignatureV4 } from '@smithy/signature-v4';
import { SigV4Spec } from '../../../src/spec/auth-spec';
import { ExtractorError } from '../errors';
import { Scheme, SchemeContext, withHeaders } from './scheme';
import { PageRequest } from '../http/page-request';
import { parseUrl } from '../http/url';

/** Signs these by S3's rule: the path is encoded once, not twice. */
const S3_SERVICES = ['s3', 's3-outposts', 's3-object-lambda', 's3express'];

interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * AWS Signature Version 4, with the credentials of the function.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function sigV4Scheme(spec: SigV4Spec, context: SchemeContext): Scheme {
  let credentials = ownCredentials();
  return {
    apply: async (request) => sign(canonicalUrl(request, spec.service), spec, await usable(credentials, context), context),
    forget: () => {
      credentials = ownCredentials();
    },
  };
}

/** The SDK's chain, which renews credentials ahead of their end. */
const ownCredentials = (): (() => Promise<AwsCredentials>) => new SecretsManagerClient({ region: 'us-east-1' }).config.credentials;

async function usable(provider: () => Promise<AwsCredentials>, context: SchemeContext): Promise<AwsCredentials> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await provider();
    context.remember(secretAccessKey);
    context.remember(sessionToken ?? '');
    return { accessKeyId, secretAccessKey, sessionToken };
  } catch (error) {
    const { name } = Object(error) as Error;
    // The chain's own error says that it has nothing; any other, that a place of it did not answer.
    throw new ExtractorError('AWS_CREDENTIALS_MISSING', `no AWS credentials to sign requests with (${name}); run as a Lambda function with a role`,
      { retryable: name !== 'CredentialsProviderError' });
  }
}

async function sign(request: PageRequest, spec: SigV4Spec, credentials: AwsCredentials, context: SchemeContext): Promise<PageRequest> {
  const url = parseUrl(request.url);
  const signer = new SignatureV4({
    service: spec.service, region: regionOf(spec), credentials, sha256: Sha256, uriEscapePath: !S3_SERVICES.includes(spec.service),
  });
  const { headers } = await signer.sign({
    method: request.method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: queryOf(url),
    headers: { host: url.host, ...amzHeaders(request) },
    body: request.body,
  }, { signingDate: new Date(context.now()) });
  // The HTTP client writes the host itself.
  return withHeaders(request, Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host')));
}

/** Without a region of its own, the function's. */
function regionOf({ region = process.env.AWS_REGION }: SigV4Spec): string {
  if (region === undefined || region === '') {
    throw new ExtractorError('CONFIG_INVALID', 'no region to sign for: set the region of the source\'s sigV4, or AWS_REGION', { retryable: false });
  }
  return region;
}

/** AWS wants all headers of its own signed, and no header that a proxy may change. */
function amzHeaders({ headers }: PageRequest): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return Object.fromEntries(own.filter(([name]) => name.startsWith('x-amz-')));
}

function queryOf(url: URL): Record<string, string[]> {
  return Object.fromEntries([...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]));
}

/** What is signed is what is sent: encoded as AWS encodes it, without `+`, which services read in two ways. */
function canonicalUrl(request: PageRequest, service: string): PageRequest {
  const url = parseUrl(request.url);
  const query = [...url.searchParams].map(([name, value]) => `${strict(name)}=${strict(value)}`).join('&');
  const path = S3_SERVICES.includes(service) ? url.pathname.split('/').map((segment) => strict(decoded(segment))).join('/') : url.pathname;
  return { ...request, url: url.origin + path + (query === '' ? '' : `?${query}`) };
}

/** RFC 3986's unreserved characters stay as they are, and no others. */
const strict = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** node:crypto behind the SDK's interface; its own hash would add to the bundle. */
class Sha256 {
  private state: Hash | Hmac;

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {
    this.state = this.fresh();
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.state.update(bytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.state.digest();
  }

  reset(): void {
    this.state = this.fresh();
  }

  private fresh(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.secret));
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') {
    return Buffer.from(data);
  }
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
