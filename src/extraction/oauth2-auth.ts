import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuthParts, compact, notEmpty, secretSpec } from './auth-parts';
import { sorted } from './render-request';
import { checkUrl } from './url';
import { SpecProblem } from '../spec/validate-source-spec';

/** Fields of a client's secret, as the token request names them. */
export const DEFAULT_CLIENT_ID_FIELD = 'client_id';
export const DEFAULT_CLIENT_SECRET_FIELD = 'client_secret';

/** Where a token request carries the client's credentials. */
export enum ClientCredentialsPlacement {
  /** In an `Authorization: Basic` header, which every endpoint must understand (RFC 6749, section 2.3.1). */
  HEADER = 'header',
  /** In the body, as `client_id` and `client_secret`. */
  BODY = 'body',
}

export const DEFAULT_CREDENTIALS_PLACEMENT = ClientCredentialsPlacement.HEADER;

/** How a client gets its access token. */
export interface OAuth2ClientCredentialsOptions {
  /** Absolute URL of the token endpoint. The client's credentials are sent to its origin only, the token to the source's only. */
  readonly tokenUrl: string;

  /**
   * Field of the secret with the client's id.
   *
   * @default 'client_id'
   */
  readonly clientIdField?: string;

  /**
   * Field of the secret with the client's secret.
   *
   * @default 'client_secret'
   */
  readonly clientSecretField?: string;

  /**
   * Scopes to ask for.
   *
   * @default - those that the endpoint gives by itself
   */
  readonly scopes?: string[];

  /**
   * API that the token is for, where the endpoint asks for it (Auth0's `audience`).
   *
   * @default - not sent
   */
  readonly audience?: string;

  /**
   * Further fields of the token request, such as `resource`. Not for secrets: this stands in the template.
   *
   * @default - none
   */
  readonly parameters?: Record<string, string>;

  /**
   * Where the client's credentials travel.
   *
   * @default ClientCredentialsPlacement.HEADER
   */
  readonly credentialsIn?: ClientCredentialsPlacement;
}

export function oauth2Parts(secret: secretsmanager.ISecret, options: OAuth2ClientCredentialsOptions): AuthParts {
  const { clientIdField = DEFAULT_CLIENT_ID_FIELD, clientSecretField = DEFAULT_CLIENT_SECRET_FIELD } = options;
  const { credentialsIn = DEFAULT_CREDENTIALS_PLACEMENT } = options;
  const problems = tokenUrlProblems(options.tokenUrl);
  if (clientIdField === clientSecretField) {
    problems.push({ property: 'clientSecretField', got: clientSecretField, fix: 'id and secret stand in two fields of the secret: name another one' });
  }
  return {
    spec: compact({
      type: 'oauth2ClientCredentials' as const,
      tokenUrl: options.tokenUrl,
      clientId: secretSpec(secret, clientIdField),
      clientSecret: secretSpec(secret, clientSecretField),
      scopes: notEmpty(options.scopes),
      audience: options.audience,
      parameters: sorted(notEmpty(options.parameters)) as Record<string, string> | undefined,
      credentialsIn: credentialsIn === DEFAULT_CREDENTIALS_PLACEMENT ? undefined : credentialsIn,
    }),
    secrets: [secret],
    problems,
  };
}

/** The spec's own check sees no more than an empty text, since a URL may be known at deployment only. */
export function tokenUrlProblems(tokenUrl: string | undefined): SpecProblem[] {
  const problems: SpecProblem[] = [];
  if (tokenUrl !== undefined && tokenUrl !== '') {
    checkUrl(tokenUrl, true, (got, fix) => problems.push({ property: 'tokenUrl', got, fix }));
  }
  return problems;
}
