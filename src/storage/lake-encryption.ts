import { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { createLakeKey } from './encryption';
import { checkAccount, checkRegion } from '../core/checks';
import { dataRemovalPolicy } from '../core/deletion';
import { Problems } from '../core/problems';

/**
 * Whose keys encrypt what lies at rest.
 *
 * A change concerns what is written from then on: objects keep the key that they were written with, and nobody is granted that one any more.
 * On a lake with data, copy the objects onto themselves (S3 Batch Operations) before the old key's users lose it.
 */
export class Encryption {
  /** One customer-managed key of AWS KMS for all: a new one with yearly rotation, or the `encryptionKey` that is given. */
  static customerManaged(): Encryption {
    return new Encryption(true);
  }

  /**
   * Keys that the services manage, which cost nothing and which no policy guards: S3's for data and query results, SQS's for dead letters, those
   * of CloudWatch Logs and Lambda for logs and environments. Crawlers get no security configuration, and the topic no KMS key:
   * with the one that AWS manages for SNS, CloudWatch's alarms could not publish to it.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html
   * @see https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
   */
  static s3Managed(): Encryption {
    return new Encryption(false);
  }

  private constructor(
    /** @internal */
    readonly _hasKey: boolean,
  ) {}
}

/** What a construct's options say of encryption. */
export interface EncryptionChoice {
  readonly encryption?: Encryption;
  readonly encryptionKey?: kms.IKey;
}

/**
 * A key beside keys that the services manage would encrypt nothing. CloudWatch Logs takes keys of its own region alone, and who is
 * granted the key here is granted nothing by the policy of a key of another account.
 */
export function checkEncryption(problems: Problems, { encryption, encryptionKey }: EncryptionChoice, scope: Construct): void {
  checkRegion(problems, 'encryptionKey', encryptionKey, scope);
  checkAccount(problems, 'encryptionKey', encryptionKey, scope);
  problems.check(encryption?._hasKey !== false || encryptionKey === undefined, 'encryptionKey', `${encryptionKey?.node.path}, and encryption: Encryption.s3Managed()`,
    'leave one of the two out');
}

/**
 * The key that a construct's options come to, made under the id `Key` where none is given; none where the services manage theirs.
 *
 * @param known key of something that the construct was given, such as a bucket.
 */
export function chosenKey(
  scope: Construct,
  { encryption, encryptionKey, known, removalPolicy }: EncryptionChoice & { readonly known?: kms.IKey; readonly removalPolicy?: RemovalPolicy },
  description: string,
): kms.IKey | undefined {
  return encryption?._hasKey === false ? undefined
    : encryptionKey ?? known ?? createLakeKey(scope, 'Key', description, dataRemovalPolicy(scope, removalPolicy));
}
