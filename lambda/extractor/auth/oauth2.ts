import { Scheme, SchemeContext, withHeader } from './scheme';
import { Token } from './token-cache';
import { requestToken } from './token-endpoint';
import { DEFAULT_CREDENTIALS_IN, OAuth2Spec } from '../../../src/spec/auth-spec';

/** Grant "client credentials" (RFC 6749, section 4.4). */
export function oauth2Scheme(spec: OAuth2Spec, context: SchemeContext): Scheme {
  const slot = context.tokens.slot(spec);
  return {
    apply: async (request) => withHeader(request, 'authorization', `Bearer ${await slot.get(context.now, () => clientToken(spec, context))}`),
    forget: () => slot.forget(),
  };
}

async function clientToken(spec: OAuth2Spec, context: SchemeContext): Promise<Token> {
  const [id, secret] = await Promise.all([context.read(spec.clientId), context.read(spec.clientSecret)]);
  const inBody = (spec.credentialsIn ?? DEFAULT_CREDENTIALS_IN) === 'body';
  return requestToken({
    tokenUrl: spec.tokenUrl,
    form: {
      ...spec.parameters,
      grant_type: 'client_credentials',
      ...(spec.scopes && spec.scopes.length > 0 ? { scope: spec.scopes.join(' ') } : {}),
      ...(spec.audience !== undefined ? { audience: spec.audience } : {}),
      ...(inBody ? { client_id: id, client_secret: secret } : {}),
    },
    headers: inBody ? {} : { authorization: `Basic ${context.remember(basicCredentials(id, secret))}` },
  }, context);
}

/** Form encoded before base64, unlike plain Basic (RFC 6749, section 2.3.1): a colon in the id would end it. */
function basicCredentials(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => new URLSearchParams({ v: part }).toString().slice(2));
  return Buffer.from(encoded.join(':')).toString('base64');
}
