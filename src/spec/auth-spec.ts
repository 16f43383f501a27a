/** Where a secret is read from: an ARN of Secrets Manager and, for JSON secrets, a field. */
export interface SecretSpec {
  readonly secretArn: string;
  readonly field?: string;
}

/** A secret in a header, behind a constant prefix such as `Token `. */
export interface SecretHeaderSpec {
  readonly value: SecretSpec;
  readonly prefix?: string;
}

export interface OAuth2Spec {
  readonly type: 'oauth2ClientCredentials';
  readonly tokenUrl: string;
  readonly clientId: SecretSpec;
  readonly clientSecret: SecretSpec;
  readonly scopes?: readonly string[];
  readonly audience?: string;
  /** Further fields of the token request. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where the client's credentials travel; a Basic header when left out. */
  readonly credentialsIn?: 'header' | 'body';
}

export interface JwtSpec {
  readonly type: 'jwt';
  readonly algorithm: 'RS256' | 'ES256' | 'HS256';
  /** A private key in PEM, or the shared secret of HS256. */
  readonly key: SecretSpec;
  readonly keyId?: string;
  readonly issuer?: string;
  readonly subject?: string;
  /** `tokenUrl` when left out and the assertion is exchanged. */
  readonly audience?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly lifetimeSeconds?: number;
  /** Where the assertion is exchanged for an access token (RFC 7523); when left out, it is the token itself. */
  readonly tokenUrl?: string;
  readonly scopes?: readonly string[];
}

export interface SigV4Spec {
  readonly type: 'sigV4';
  /** Signing name of the service: `execute-api`. */
  readonly service: string;
  /** The function's own when left out. */
  readonly region?: string;
}

export type AuthSpec =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: SecretSpec }
  | { readonly type: 'apiKey'; readonly key: SecretSpec; readonly in: 'header' | 'query'; readonly name: string }
  | { readonly type: 'basic'; readonly username: SecretSpec; readonly password: SecretSpec }
  | { readonly type: 'customHeaders'; readonly headers: Readonly<Record<string, SecretHeaderSpec>> }
  | OAuth2Spec
  | JwtSpec
  | SigV4Spec;

export const DEFAULT_CREDENTIALS_IN = 'header';

/** Short enough for APIs that accept ten minutes at most (GitHub's), long enough for a clock that is off. */
export const DEFAULT_JWT_LIFETIME_SECONDS = 300;

/** Claims that have an option, or that change with each token. */
export const RESERVED_CLAIMS = ['iss', 'sub', 'aud', 'iat', 'exp', 'jti'];

/** Fields of a token request that have an option or a fixed value. */
export const RESERVED_PARAMETERS = ['grant_type', 'client_id', 'client_secret', 'scope', 'audience', 'assertion'];

/**
 * Headers that cannot hold a secret: the HTTP client sets them itself, or lets them go along when a redirect leads
 * to another origin.
 */
export const OPEN_HEADERS = [
  'accept', 'accept-encoding', 'accept-language', 'connection', 'content-length', 'content-type', 'expect', 'host',
  'keep-alive', 'te', 'transfer-encoding', 'upgrade', 'user-agent',
];
