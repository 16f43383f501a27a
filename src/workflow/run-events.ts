import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { COMPLETION_DETAIL_TYPE, COMPLETION_SOURCE } from './completion-event';
import { RolePolicy } from '../core/role-policy';

/** The events of complete runs. */
export const completionPattern = (stateMachineArn: string, source?: string): events.EventPattern => ({
  source: [COMPLETION_SOURCE],
  detailType: [COMPLETION_DETAIL_TYPE],
  detail: { stateMachineArn: [stateMachineArn], ...(source !== undefined && { source: [source] }) },
});

/** Lets EventBridge start executions of a workflow. */
export class EventStarter extends Construct {
  private readonly role: iam.Role;
  private readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, private readonly stateMachineArn: string) {
    super(scope, id);
    const description = 'Starts the sources of a data lake pipeline on events';
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
      description,
    });
    this.policy = new RolePolicy(this, 'Policy', {
      description,
      statements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] })],
      roles: [this.role],
    });
  }

  /** EventBridge may deliver an event twice: its id is the run's, so that both are one run. */
  start(source: string, id: string, eventPattern: events.EventPattern): events.Rule {
    const input = events.RuleTargetInput.fromObject({ source, runId: events.EventField.eventId, scheduledTime: events.EventField.time });
    const rule = new events.Rule(this, id, {
      description: `Runs source ${source}`,
      eventPattern,
      targets: [{ bind: () => ({ arn: this.stateMachineArn, role: this.role, input }) }],
    });
    rule.node.addDependency(this.policy);
    return rule;
  }
}
