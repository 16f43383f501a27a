import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { createDeadLetterQueue } from './dead-letter-queue';
import { DEFAULT_START_ATTEMPTS, DEFAULT_START_WITHIN_MINUTES, RunSchedule } from './run-schedule';
import { uniqueName } from '../core/names';
import { RolePolicy } from '../core/role-policy';
import { WorkflowInput } from '../spec/workflow-plan';
import { keyStatements, KMS_WRITE } from '../storage/lake-access';

const MAX_GROUP_NAME = 64;

/** Scheduler puts the time that a run stands for here, the same in every attempt to start it. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

interface RunSchedulesProps {
  readonly stateMachineArn: string;
  readonly encryptionKey?: kms.IKey;
}

/** The schedules of a workflow's sources: one group, one role and one dead-letter queue for all. */
export class RunSchedules extends Construct {
  readonly deadLetterQueue: sqs.Queue;
  private readonly group: CfnScheduleGroup;
  private readonly role: iam.Role;
  private readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, private readonly props: RunSchedulesProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, props.encryptionKey);
    const groupName = uniqueName(this, undefined, MAX_GROUP_NAME);
    this.group = new CfnScheduleGroup(this, 'Group', { name: groupName });
    this.role = this.createRole(groupName);
    this.policy = new RolePolicy(this, 'Policy', {
      description: 'Starts the sources of a data lake pipeline on schedule',
      statements: this.statements(),
      roles: [this.role],
    });
  }

  /** Runs a source on schedule. */
  addSource(source: string, schedule: RunSchedule): void {
    const input: WorkflowInput = { source, scheduledTime: SCHEDULED_TIME };
    this.add(source, schedule, input, `Runs source ${source}`);
  }

  /** Starts the state machine on schedule. */
  add(name: string, schedule: RunSchedule, input: object, description: string): void {
    const { _expression: { expressionString, timeZone }, _options: options } = schedule;
    const window = options.flexibleWindow;
    const created = new CfnSchedule(this, `Schedule-${name}`, {
      description,
      groupName: this.group.ref,
      scheduleExpression: expressionString,
      scheduleExpressionTimezone: timeZone?.timezoneName,
      flexibleTimeWindow: window ? { mode: 'FLEXIBLE', maximumWindowInMinutes: window.toMinutes() } : { mode: 'OFF' },
      state: options.enabled ?? true ? 'ENABLED' : 'DISABLED',
      target: {
        arn: this.props.stateMachineArn,
        roleArn: this.role.roleArn,
        input: JSON.stringify(input),
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
        retryPolicy: {
          maximumRetryAttempts: options.startAttempts ?? DEFAULT_START_ATTEMPTS,
          maximumEventAgeInSeconds: (options.startWithin ?? Duration.minutes(DEFAULT_START_WITHIN_MINUTES)).toSeconds(),
        },
      },
    });
    created.node.addDependency(this.policy);
  }

  /** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
  private createRole(groupName: string): iam.Role {
    const group = Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: groupName });
    return new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': group } },
      }),
      description: 'Starts the sources of a data lake pipeline on schedule',
    });
  }

  private statements(): iam.PolicyStatement[] {
    const { encryptionKey, stateMachineArn } = this.props;
    return [
      new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
      new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetterQueue.queueArn] }),
      ...keyStatements(encryptionKey, KMS_WRITE),
    ];
  }
}
