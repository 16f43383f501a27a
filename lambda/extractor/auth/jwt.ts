import { randomUUID } from 'node:crypto';
import { jwtSignature } from './jwt-signature';
import { Scheme, SchemeContext, withHeader } from './scheme';
import { Token, token } from './token-cache';
import { requestToken } from './token-endpoint';
import { DEFAULT_JWT_LIFETIME_SECONDS, JwtSpec } from '../../../src/spec/auth-spec';

/** A signed assertion (RFC 7519), sent itself or exchanged for a token (RFC 7523, section 2.1). */
export function jwtScheme(spec: JwtSpec, context: SchemeContext): Scheme {
  const slot = context.tokens.slot(spec);
  const fetch = spec.tokenUrl === undefined ? () => assertion(spec, context) : () => exchanged(spec, spec.tokenUrl!, context);
  return {
    apply: async (request) => withHeader(request, 'authorization', `Bearer ${await slot.get(context.now, fetch)}`),
    forget: () => slot.forget(),
  };
}

async function assertion(spec: JwtSpec, context: SchemeContext): Promise<Token> {
  const now = context.now();
  const issuedAt = Math.floor(now / 1000);
  const lifetime = spec.lifetimeSeconds ?? DEFAULT_JWT_LIFETIME_SECONDS;
  const header = defined({ alg: spec.algorithm, typ: 'JWT', kid: spec.keyId });
  const claims = defined({
    ...spec.claims,
    iss: spec.issuer,
    sub: spec.subject,
    aud: spec.audience ?? spec.tokenUrl,
    iat: issuedAt,
    exp: issuedAt + lifetime,
    // An endpoint may take an assertion once only.
    jti: spec.tokenUrl === undefined ? undefined : randomUUID(),
  });
  const signed = `${part(header)}.${part(claims)}`;
  const key = await context.read(spec.key, { multiline: true });
  return token(context.remember(`${signed}.${jwtSignature(signed, spec, key)}`), now, lifetime * 1000);
}

async function exchanged(spec: JwtSpec, tokenUrl: string, context: SchemeContext): Promise<Token> {
  const { value } = await assertion(spec, context);
  return requestToken({
    tokenUrl,
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: value,
      ...(spec.scopes && spec.scopes.length > 0 ? { scope: spec.scopes.join(' ') } : {}),
    },
  }, context);
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const defined = (value: Record<string, unknown>) => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
