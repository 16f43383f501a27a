import { createHmac, createPrivateKey, KeyObject, sign } from 'node:crypto';
import { JwtSpec } from '../../../src/spec/auth-spec';
import { ExtractorError } from '../errors';

/** RFC 7518, sections 3.2 and 3.3. */
const MIN_RSA_BITS = 2048;
const MIN_HMAC_BYTES = 32;

/** The signature of an assertion's two parts (RFC 7515), in base64url. */
export function jwtSignature(signed: string, spec: JwtSpec, key: string): string {
  const data = Buffer.from(signed);
  switch (spec.algorithm) {
    case 'HS256':
      if (Buffer.byteLength(key) < MIN_HMAC_BYTES) {
        throw unusable(spec, `is shorter than the ${MIN_HMAC_BYTES} bytes that HS256 asks for`);
      }
      return createHmac('sha256', key).update(data).digest('base64url');
    case 'RS256':
      return sign('sha256', data, rsaKey(spec, key)).toString('base64url');
    case 'ES256':
      return sign('sha256', data, { key: ecKey(spec, key), dsaEncoding: 'ieee-p1363' }).toString('base64url');
  }
}

function rsaKey(spec: JwtSpec, pem: string): KeyObject {
  const key = privateKey(spec, pem);
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw unusable(spec, `is no RSA key of ${MIN_RSA_BITS} bits or more`);
  }
  return key;
}

function ecKey(spec: JwtSpec, pem: string): KeyObject {
  const key = privateKey(spec, pem);
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw unusable(spec, 'is no EC key on the curve P-256');
  }
  return key;
}

function privateKey(spec: JwtSpec, pem: string): KeyObject {
  try {
    // Pasted into a JSON field, line breaks mostly arrive as a backslash and an n.
    return createPrivateKey(pem.replace(/\\n/g, '\n'));
  } catch {
    // OpenSSL's message is left out: it says nothing that helps, and it is not ours.
    throw unusable(spec, 'is no private key in PEM without a passphrase');
  }
}

function unusable({ algorithm, key }: JwtSpec, what: string): ExtractorError {
  const place = key.field === undefined ? '' : `, field "${key.field}",`;
  return new ExtractorError('SECRET_UNUSABLE', `secret ${key.secretArn}${place} ${what}; store the key that goes with ${algorithm}`, { retryable: false });
}
