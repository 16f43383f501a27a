import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuthParts, compact, secretSpec } from './auth-parts';
import { sorted } from './render-request';
import { SecretHeaderSpec } from '../spec/auth-spec';

/** The secret that a header carries. */
export interface SecretHeader {
  /** The secret. */
  readonly secret: secretsmanager.ISecret;

  /**
   * Field of a JSON secret.
   *
   * @default - the whole secret is the value
   */
  readonly field?: string;

  /**
   * Text before the secret, such as `Token ` with its space.
   *
   * @default - none
   */
  readonly prefix?: string;
}

export function customHeadersParts(headers: Record<string, SecretHeader>): AuthParts {
  const spec = ({ secret, field, prefix }: SecretHeader): SecretHeaderSpec => compact({ value: secretSpec(secret, field), prefix });
  return {
    spec: {
      type: 'customHeaders',
      headers: sorted(Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, spec(header)]))) as Record<string, SecretHeaderSpec>,
    },
    secrets: Object.values(headers).map(({ secret }) => secret),
  };
}
