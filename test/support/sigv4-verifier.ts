import { createHash, createHmac } from 'node:crypto';
import { Received } from './hostile-server';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encoded = (text: string) => Buffer.from(text).reduce((all, byte) =>
  all + (/[A-Za-z0-9._~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`), '');

/**
 * The signature that AWS computes for a request as it arrived, written from the specification and not from the SDK.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function expectedSignature({ method, url, headers, body }: Received, secretKey: string): string {
  const { scope, signedHeaders } = signatureOf(headers.authorization!);
  const [path, query = ''] = url.split('?');
  const [date, region, service] = scope;
  const canonicalQuery = query.split('&').filter((pair) => pair !== '')
    .map((pair) => pair.split('=').map((part) => encoded(decodeURIComponent(part))))
    .map(([name, value = '']) => `${name}=${value}`).sort().join('&');
  const canonical = [
    method,
    service === 's3' ? path : path.split('/').map(encoded).join('/'),
    canonicalQuery,
    ...signedHeaders.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return hmac(key, toSign).toString('hex');
}

/** The parts of an Authorization header of signature version 4. */
export function signatureOf(authorization: string): { accessKey: string; scope: string[]; signedHeaders: string[]; signature: string } {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(authorization);
  if (!match) {
    throw new Error(`no signature: ${authorization}`);
  }
  return { accessKey: match[1], scope: match[2].split('/'), signedHeaders: match[3].split(';'), signature: match[4] };
}
