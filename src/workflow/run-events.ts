import { Aws, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { COMPLETION_DETAIL_TYPE, COMPLETION_SOURCE } from './completion-event';
import { createDeadLetterQueue } from './dead-letter-queue';
import { RolePolicy } from '../core/role-policy';
import { allowService } from '../storage/encryption';

/** The events of complete runs. */
export const completionPattern = (stateMachineArn: string, source?: string): events.EventPattern => ({
  source: [COMPLETION_SOURCE],
  detailType: [COMPLETION_DETAIL_TYPE],
  detail: { stateMachineArn: [stateMachineArn], ...(source !== undefined && { source: [source] }) },
});

interface EventStarterProps {
  readonly stateMachineArn: string;
  readonly encryptionKey?: kms.IKey;
}

/** Lets EventBridge start executions of a workflow; events that cannot, after a day of attempts, are kept. */
export class EventStarter extends Construct {
  readonly deadLetterQueue: sqs.Queue;
  private readonly role: iam.Role;
  private readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, private readonly props: EventStarterProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, props.encryptionKey);
    this.letRulesSend(props.encryptionKey);
    const description = 'Starts the sources of a data lake pipeline on events';
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
      description,
    });
    this.policy = new RolePolicy(this, 'Policy', {
      description,
      statements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [props.stateMachineArn] })],
      roles: [this.role],
    });
  }

  /** EventBridge may deliver an event twice: its id is the run's, so that both are one run. */
  start(source: string, id: string, eventPattern: events.EventPattern): events.Rule {
    const input = events.RuleTargetInput.fromObject({ source, runId: events.EventField.eventId, scheduledTime: events.EventField.time });
    const rule = new events.Rule(this, id, {
      description: `Runs source ${source}`,
      eventPattern,
      targets: [{
        bind: () => ({ arn: this.props.stateMachineArn, role: this.role, input, deadLetterConfig: { arn: this.deadLetterQueue.queueArn } }),
      }],
    });
    rule.node.addDependency(this.policy);
    return rule;
  }

  /**
   * EventBridge sends dead letters on its own account, not as the role. One statement for all rules: a queue takes twenty.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
   */
  private letRulesSend(encryptionKey?: kms.IKey): void {
    const { deadLetterQueue: queue } = this;
    const stack = Stack.of(this);
    const principals = [new iam.ServicePrincipal('events.amazonaws.com')];
    queue.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'AllowRules',
      principals,
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) } },
    }));
    if (encryptionKey) {
      allowService(encryptionKey, 'AllowDeadLetters', () => ({
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        // All queues of the account: the queue names the key, and a key that named it would depend on itself in a circle.
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:sqs:arn': stack.formatArn({ service: 'sqs', resource: '*' }) } },
      }));
    }
  }
}
