import { Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

interface StateMachineParts {
  readonly stateMachineName: string;
  readonly role: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  /** Asked for at the end, when all is known. */
  readonly definition: () => Record<string, unknown>;
}

/** A Standard state machine, traced and logged. */
export function addStateMachine(scope: Construct, { stateMachineName, role, logGroup, definition }: StateMachineParts): sfn.StateMachine {
  return new sfn.StateMachine(scope, 'StateMachine', {
    stateMachineName,
    stateMachineType: sfn.StateMachineType.STANDARD,
    definitionBody: sfn.DefinitionBody.fromString(Lazy.string({ produce: () => Stack.of(scope).toJsonString(definition()) })),
    // By its ARN: to the role itself it would add inline policies, and a dependency that the ARN makes already (cfn-lint W3005).
    role: iam.Role.fromRoleArn(scope, 'RoleByArn', role.roleArn, { mutable: false }),
    tracingEnabled: true,
    // What states pass on may hold what an API said: it belongs in no log.
    logs: { destination: logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
  });
}
