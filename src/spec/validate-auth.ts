import { AuthSpec, JwtSpec, OAuth2Spec, OPEN_HEADERS, RESERVED_CLAIMS, RESERVED_PARAMETERS, SigV4Spec } from './auth-spec';
import type { SpecProblem } from './validate-source-spec';

const AUTH_TYPES = ['none', 'bearer', 'apiKey', 'basic', 'customHeaders', 'oauth2ClientCredentials', 'jwt', 'sigV4'];
const JWT_ALGORITHMS = ['RS256', 'ES256', 'HS256'];

/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/** What a header may hold besides its secret. */
const PREFIX = /^[\x20-\x7e]*$/;

type Check = (ok: boolean, property: string, got: unknown, fix: string) => void;

/** Everything that is wrong with an authentication, as far as the spec shows it. */
export function authProblems(auth: AuthSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const check: Check = (ok, property, got, fix) => {
    if (!ok) {
      problems.push({ property: `auth.${property}`, got, fix });
    }
  };
  check(AUTH_TYPES.includes(auth.type), 'type', auth.type, `use one of ${AUTH_TYPES.join(', ')}`);
  switch (auth.type) {
    case 'apiKey':
      check(auth.name !== '', 'name', auth.name, 'name the header or query parameter that carries the key');
      if (auth.in === 'header') {
        checkNotOpen(auth.name, 'name', check);
      }
      break;
    case 'customHeaders':
      checkHeaders(auth.headers, check);
      break;
    case 'oauth2ClientCredentials':
      checkOAuth2(auth, check);
      break;
    case 'jwt':
      checkJwt(auth, check);
      break;
    case 'sigV4':
      checkSigV4(auth, check);
      break;
  }
  return problems;
}

function checkNotOpen(name: string, property: string, check: Check): void {
  check(!OPEN_HEADERS.includes(name.toLowerCase()), property, name, 'this header is not kept secret on its way; use another one');
}

function checkHeaders(headers: Extract<AuthSpec, { type: 'customHeaders' }>['headers'], check: Check): void {
  const names = Object.keys(headers);
  check(names.length > 0, 'headers', headers, 'name at least one header and its secret');
  for (const name of names) {
    check(HEADER_NAME.test(name), 'headers', name, 'a header is named by letters, digits and hyphens');
    checkNotOpen(name, 'headers', check);
    check(PREFIX.test(headers[name].prefix ?? ''), `headers.${name}.prefix`, headers[name].prefix, 'use printable ASCII characters');
  }
  const lower = names.map((name) => name.toLowerCase());
  check(new Set(lower).size === lower.length, 'headers', names, 'each header once: upper and lower case are the same');
}

function checkOAuth2(auth: OAuth2Spec, check: Check): void {
  check(auth.tokenUrl !== '', 'tokenUrl', auth.tokenUrl, 'give the absolute URL of the token endpoint');
  checkScopes(auth.scopes, check);
  check(auth.audience !== '', 'audience', auth.audience, 'leave it out, or name the API that the token is for');
  check([undefined, 'header', 'body'].includes(auth.credentialsIn), 'credentialsIn', auth.credentialsIn, "use 'header' or 'body'");
  for (const name of Object.keys(auth.parameters ?? {})) {
    check(!RESERVED_PARAMETERS.includes(name), 'parameters', name, 'this field has an option of its own, or is set by the grant');
  }
}

function checkJwt(auth: JwtSpec, check: Check): void {
  check(JWT_ALGORITHMS.includes(auth.algorithm), 'algorithm', auth.algorithm, `use one of ${JWT_ALGORITHMS.join(', ')}`);
  check(auth.tokenUrl !== '', 'tokenUrl', auth.tokenUrl, 'leave it out, or give the absolute URL of the token endpoint');
  check(auth.scopes === undefined || auth.tokenUrl !== undefined, 'scopes', auth.scopes,
    'scopes are asked for at a tokenUrl; give it, or put them in claims');
  checkScopes(auth.scopes, check);
  const { lifetimeSeconds } = auth;
  check(lifetimeSeconds === undefined || (Number.isInteger(lifetimeSeconds) && lifetimeSeconds > 0 && lifetimeSeconds <= 86400), 'lifetime',
    lifetimeSeconds, 'use whole seconds, from 1 to 86400');
  for (const name of Object.keys(auth.claims ?? {})) {
    check(!RESERVED_CLAIMS.includes(name), 'claims', name, 'this claim has an option of its own, or is set for each token');
  }
}

function checkSigV4(auth: SigV4Spec, check: Check): void {
  check(auth.service !== '', 'service', auth.service, "give the service's signing name, such as 'execute-api'");
  check(auth.region !== '', 'region', auth.region, "leave it out for the function's own region, or name one");
}

function checkScopes(scopes: readonly string[] | undefined, check: Check): void {
  for (const scope of scopes ?? []) {
    check(SCOPE.test(scope), 'scopes', scope, 'give each scope on its own, without spaces or quotes');
  }
}
