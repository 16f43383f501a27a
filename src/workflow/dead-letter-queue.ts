import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../core/acknowledge';

/** SQS's longest: who was away for a week still finds what did not start. */
const DEAD_LETTER_DAYS = 14;

/** Queue of what could not be started. */
export function createDeadLetterQueue(scope: Construct, encryptionKey?: kms.IKey): sqs.Queue {
  const queue = new sqs.Queue(scope, 'DeadLetters', {
    encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
    encryptionMasterKey: encryptionKey,
    enforceSSL: true,
    retentionPeriod: Duration.days(DEAD_LETTER_DAYS),
  });
  acknowledge(queue, 'it is the dead-letter queue, of EventBridge and its Scheduler, which the rule does not see', ['AwsSolutions-SQS3']);
  return queue;
}
