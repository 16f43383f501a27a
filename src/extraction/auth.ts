import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuthSpec, SecretSpec } from '../spec/source-spec';

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
    return new Auth(() => ({ type: 'none' }), []);
  }

  /** `Authorization: Bearer <token>` (RFC 6750). */
  static bearer(secret: secretsmanager.ISecret, options: BearerAuthOptions = {}): Auth {
    return new Auth(() => ({ type: 'bearer', token: secretSpec(secret, options.field) }), [secret]);
  }

  /** A key in a header or in a query parameter. */
  static apiKey(secret: secretsmanager.ISecret, options: ApiKeyAuthOptions): Auth {
    const render = (): AuthSpec => ({
      type: 'apiKey',
      key: secretSpec(secret, options.field),
      in: options.header !== undefined ? 'header' : 'query',
      name: options.header ?? options.queryParameter ?? '',
    });
    const both = options.header !== undefined && options.queryParameter !== undefined;
    return new Auth(render, [secret], both ? 'name a header or a query parameter, not both' : undefined);
  }

  /** `Authorization: Basic` with the user name and password of a JSON secret (RFC 7617). */
  static basic(secret: secretsmanager.ISecret, options: BasicAuthOptions = {}): Auth {
    return new Auth(() => ({
      type: 'basic',
      username: secretSpec(secret, options.usernameField ?? DEFAULT_USERNAME_FIELD),
      password: secretSpec(secret, options.passwordField ?? DEFAULT_PASSWORD_FIELD),
    }), [secret]);
  }

  private constructor(
    private readonly render: () => AuthSpec,
    private readonly secrets: secretsmanager.ISecret[],
    /**
     * What is wrong with the options.
     *
     * @internal
     */
    readonly _problem?: string,
  ) {}

  /** @internal */
  _render(): AuthSpec {
    return this.render();
  }

  /**
   * Reading exactly these secrets.
   *
   * @internal
   */
  _statements(): iam.PolicyStatement[] {
    return this.secrets.flatMap((secret) => [
      new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [grantableArn(secret)] }),
      ...(secret.encryptionKey ? [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [secret.encryptionKey.keyArn] })] : []),
    ]);
  }
}

function secretSpec(secret: secretsmanager.ISecret, field: string | undefined): SecretSpec {
  return { secretArn: secret.secretArn, ...(field !== undefined ? { field } : {}) };
}

/** A secret imported by name lacks the six characters that Secrets Manager appends. */
function grantableArn(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}
