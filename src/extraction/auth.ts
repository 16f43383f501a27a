import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuthParts, secretSpec, secretStatements } from './auth-parts';
import { customHeadersParts, SecretHeader } from './custom-headers-auth';
import { JwtAuthOptions, jwtParts } from './jwt-auth';
import { OAuth2ClientCredentialsOptions, oauth2Parts } from './oauth2-auth';
import { SigV4AuthOptions, sigV4Parts } from './sigv4-auth';
import { AuthSpec } from '../spec/auth-spec';
import { SpecProblem } from '../spec/validate-source-spec';

/** Fields of a basic authentication's secret, as the Secrets Manager console names them. */
export const DEFAULT_USERNAME_FIELD = 'username';
export const DEFAULT_PASSWORD_FIELD = 'password';

/** Where a bearer token stands in its secret. */
export interface BearerAuthOptions {
  /**
   * Field of a JSON secret.
   *
   * @default - the whole secret is the token
   */
  readonly field?: string;
}

/** Where an API key stands in its secret, and where a request carries it: name a header or a query parameter. */
export interface ApiKeyAuthOptions {
  /**
   * Header that carries the key. Preferred: URLs end up in the logs of proxies.
   *
   * @default - the key is sent as a query parameter
   */
  readonly header?: string;

  /**
   * Query parameter that carries the key.
   *
   * @default - the key is sent in a header
   */
  readonly queryParameter?: string;

  /**
   * Field of a JSON secret.
   *
   * @default - the whole secret is the key
   */
  readonly field?: string;
}

/** Fields of the JSON secret that holds user name and password. */
export interface BasicAuthOptions {
  /**
   * Field with the user name.
   *
   * @default 'username'
   */
  readonly usernameField?: string;

  /**
   * Field with the password.
   *
   * @default 'password'
   */
  readonly passwordField?: string;
}

/** How a source proves who it is. Secrets stay in Secrets Manager; the extractor reads them when it runs. */
export class Auth {
  /** No authentication. */
  static none(): Auth {
    return new Auth({ spec: { type: 'none' } });
  }

  /** `Authorization: Bearer <token>` (RFC 6750). */
  static bearer(secret: secretsmanager.ISecret, options: BearerAuthOptions = {}): Auth {
    return new Auth({ spec: { type: 'bearer', token: secretSpec(secret, options.field) }, secrets: [secret] });
  }

  /** A key in a header or in a query parameter. */
  static apiKey(secret: secretsmanager.ISecret, options: ApiKeyAuthOptions): Auth {
    const both = options.header !== undefined && options.queryParameter !== undefined;
    return new Auth({
      spec: {
        type: 'apiKey',
        key: secretSpec(secret, options.field),
        in: options.header !== undefined ? 'header' : 'query',
        name: options.header ?? options.queryParameter ?? '',
      },
      secrets: [secret],
      problems: both ? [{ property: '', got: 'a header and a query parameter', fix: 'name a header or a query parameter, not both' }] : [],
    });
  }

  /** `Authorization: Basic` with the user name and password of a JSON secret (RFC 7617). */
  static basic(secret: secretsmanager.ISecret, options: BasicAuthOptions = {}): Auth {
    return new Auth({
      spec: {
        type: 'basic',
        username: secretSpec(secret, options.usernameField ?? DEFAULT_USERNAME_FIELD),
        password: secretSpec(secret, options.passwordField ?? DEFAULT_PASSWORD_FIELD),
      },
      secrets: [secret],
    });
  }

  /**
   * Secrets in headers of your choice.
   *
   * @param headers the headers by their names.
   */
  static customHeaders(headers: Record<string, SecretHeader>): Auth {
    return new Auth(customHeadersParts(headers));
  }

  /**
   * An access token by OAuth 2.0's grant `client_credentials` (RFC 6749), sent as bearer token. It is kept while it is good,
   * replaced ahead of its end, and asked for anew when the source refuses it.
   *
   * @param secret JSON with the client's id and secret.
   */
  static oauth2ClientCredentials(secret: secretsmanager.ISecret, options: OAuth2ClientCredentialsOptions): Auth {
    return new Auth(oauth2Parts(secret, options));
  }

  /**
   * A signed assertion (RFC 7519), sent as bearer token itself or exchanged for one at a token endpoint.
   *
   * @param secret the key that signs.
   */
  static jwt(secret: secretsmanager.ISecret, options: JwtAuthOptions): Auth {
    return new Auth(jwtParts(secret, options));
  }

  /**
   * AWS Signature Version 4 with the extractor's own role: for AWS APIs and for API Gateway with IAM authorization. The
   * role may call what the options name, and nothing else.
   */
  static sigV4(options: SigV4AuthOptions): Auth {
    return new Auth(sigV4Parts(options));
  }

  private constructor(private readonly parts: AuthParts) {}

  /** @internal */
  _render(): AuthSpec {
    return this.parts.spec;
  }

  /**
   * What is wrong with the options beyond the spec; properties start at the source.
   *
   * @internal
   */
  _problems(): SpecProblem[] {
    return (this.parts.problems ?? []).map(({ property, ...rest }) => ({ property: property === '' ? 'auth' : `auth.${property}`, ...rest }));
  }

  /**
   * Reading exactly these secrets, and calling what is signed for.
   *
   * @internal
   */
  _statements(method: string): iam.PolicyStatement[] {
    return [...secretStatements(this.parts.secrets ?? []), ...this.parts.statements?.(method) ?? []];
  }
}
