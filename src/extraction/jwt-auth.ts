import { Duration } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuthParts, compact, notEmpty, secretSpec } from './auth-parts';
import { tokenUrlProblems } from './oauth2-auth';
import { sorted } from './render-request';
import { DEFAULT_JWT_LIFETIME_SECONDS } from '../spec/auth-spec';

/** How an assertion is signed (RFC 7518). */
export enum JwtAlgorithm {
  /** RSA with SHA-256; the secret is a private key of 2048 bits or more in PEM. */
  RS256 = 'RS256',
  /** ECDSA on P-256 with SHA-256; the secret is a private key in PEM. */
  ES256 = 'ES256',
  /** HMAC with SHA-256; the secret is shared with the API, 32 bytes or more. */
  HS256 = 'HS256',
}

/** What an assertion says and how it is used. */
export interface JwtAuthOptions {
  /** How the assertion is signed. */
  readonly algorithm: JwtAlgorithm;

  /**
   * Field of a JSON secret that holds the key.
   *
   * @default - the whole secret is the key
   */
  readonly field?: string;

  /**
   * Id of the key, in the assertion's header (`kid`).
   *
   * @default - not sent
   */
  readonly keyId?: string;

  /**
   * Who signs (`iss`).
   *
   * @default - no such claim
   */
  readonly issuer?: string;

  /**
   * Whom the assertion is about (`sub`).
   *
   * @default - no such claim
   */
  readonly subject?: string;

  /**
   * Whom it is for (`aud`).
   *
   * @default - `tokenUrl`; without one, no such claim
   */
  readonly audience?: string;

  /**
   * Further claims. Not for secrets: this stands in the template.
   *
   * @default - none
   */
  readonly claims?: Record<string, any>;

  /**
   * How long an assertion is good, up to a day; a new one is signed ahead of its end.
   *
   * @default Duration.seconds(300)
   */
  readonly lifetime?: Duration;

  /**
   * Token endpoint that takes the assertion for an access token (RFC 7523, grant `jwt-bearer`). Its origin alone gets the
   * assertion.
   *
   * @default - the assertion itself is sent to the source, as bearer token
   */
  readonly tokenUrl?: string;

  /**
   * Scopes to ask for at the token endpoint.
   *
   * @default - those that the endpoint gives by itself
   */
  readonly scopes?: string[];
}

export function jwtParts(secret: secretsmanager.ISecret, options: JwtAuthOptions): AuthParts {
  const { field, lifetime, claims, scopes, ...same } = options;
  const lifetimeSeconds = lifetime?.toSeconds({ integral: false });
  return {
    spec: compact({
      type: 'jwt' as const,
      ...same,
      key: secretSpec(secret, field),
      claims: sorted(notEmpty(claims)) as Record<string, unknown> | undefined,
      lifetimeSeconds: lifetimeSeconds === DEFAULT_JWT_LIFETIME_SECONDS ? undefined : lifetimeSeconds,
      scopes: notEmpty(scopes),
    }),
    secrets: [secret],
    problems: tokenUrlProblems(options.tokenUrl),
  };
}
