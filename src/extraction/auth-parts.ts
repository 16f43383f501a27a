import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuthSpec, SecretSpec } from '../spec/auth-spec';
import { SpecProblem } from '../spec/validate-source-spec';

/** What one way to authenticate consists of. */
export interface AuthParts {
  readonly spec: AuthSpec;
  /** Secrets that the extractor reads. */
  readonly secrets?: readonly secretsmanager.ISecret[];
  /** What is wrong with options that do not stand in the spec; properties without `auth.`. */
  readonly problems?: readonly SpecProblem[];
  /** Further rights of the extractor, for requests of that method. */
  statements?(method: string): iam.PolicyStatement[];
}

export function secretSpec(secret: secretsmanager.ISecret, field?: string): SecretSpec {
  return { secretArn: secret.secretArn, ...(field !== undefined ? { field } : {}) };
}

/** Reading exactly these secrets. */
export function secretStatements(secrets: readonly secretsmanager.ISecret[]): iam.PolicyStatement[] {
  return [...new Set(secrets)].flatMap((secret) => [
    new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [grantableArn(secret)] }),
    ...(secret.encryptionKey ? [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [secret.encryptionKey.keyArn] })] : []),
  ]);
}

/** A secret imported by name lacks the six characters that Secrets Manager appends. */
function grantableArn(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** Leaves out what is not set. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** An option that lists or maps nothing is the same as none. */
export function notEmpty<T extends object>(value: T | undefined): T | undefined {
  return value !== undefined && Object.keys(value).length > 0 ? value : undefined;
}
