import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { allowService } from '../storage/encryption';

const ALLOWED = new WeakSet<sns.ITopic>();

/**
 * Lets the account's alarms publish to a topic: a topic with a policy of its own hears no alarm that the policy does not name,
 * and neither does one whose key does not. What was imported is left as it is: its policies must say so already.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 * @see https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
 */
export function allowAlarms(topic: sns.ITopic): void {
  if (ALLOWED.has(topic)) {
    return;
  }
  ALLOWED.add(topic);
  const stack = Stack.of(topic);
  const conditions = {
    StringEquals: { 'aws:SourceAccount': stack.account },
    // Not the pipeline's alarms alone: others may use the topic, and a key that named alarms would depend on itself in a circle.
    ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
  };
  const principals = [new iam.ServicePrincipal('cloudwatch.amazonaws.com')];
  // Without a policy of its own a topic has SNS's, which lets alarms in; a first statement of ours would shut others out.
  if (topic.node.tryFindChild('Policy')) {
    topic.addToResourcePolicy(new iam.PolicyStatement({ sid: 'AllowAlarms', principals, conditions, actions: ['sns:Publish'], resources: [topic.topicArn] }));
  }
  if (topic.masterKey) {
    allowService(topic.masterKey, 'AllowAlarms', () => ({ principals, conditions, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }));
  }
}
