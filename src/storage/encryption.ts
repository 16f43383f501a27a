import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** A customer-managed key with rotation. */
export function createLakeKey(scope: Construct, id: string, description: string, removalPolicy: RemovalPolicy): kms.Key {
  return new kms.Key(scope, id, { description, enableKeyRotation: true, removalPolicy });
}

const ALLOWED = new WeakMap<kms.IKey, Set<string>>();

/**
 * Lets a service use a key, once for all that is encrypted with it.
 * An imported key is left as it is: its policy must say so already.
 */
export function allowService(key: kms.IKey, sid: string, statement: () => iam.PolicyStatementProps): void {
  const known = ALLOWED.get(key) ?? new Set();
  ALLOWED.set(key, known);
  if (!known.has(sid)) {
    known.add(sid);
    key.addToResourcePolicy(new iam.PolicyStatement({ ...statement(), sid, resources: ['*'] })); // a key policy speaks of its own key only
  }
}

/**
 * Lets CloudWatch Logs encrypt the account's log groups with the key.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function allowLogEncryption(key: kms.IKey): void {
  const stack = Stack.of(key);
  const logGroups = stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  allowService(key, 'AllowLogGroups', () => ({
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: [
      'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
      'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey',
    ],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  }));
}
