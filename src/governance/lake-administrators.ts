import { BootstraplessSynthesizer, Fn, IStackSynthesizer, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import { Problems } from '../core/problems';

/**
 * Makes the deploying role a data lake administrator: only one may grant on tables that others make.
 *
 * APPEND leaves the account's other administrators alone. Kept on delete, because the deletion of the lake's grants
 * needs the role as well, and other lakes of the account share the settings.
 */
export function addDeployingRole(scope: Construct, id: string, deploymentRole?: iam.IRole): lakeformation.CfnDataLakeSettings {
  const settings = new lakeformation.CfnDataLakeSettings(scope, id, {
    mutationType: 'APPEND',
    admins: [{ dataLakePrincipalIdentifier: deploymentRole?.roleArn ?? executionRoleArn(scope) }],
  });
  settings.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return settings;
}

function executionRoleArn(scope: Construct): string {
  const arn = knownExecutionRoleArn(Stack.of(scope).synthesizer);
  if (arn === undefined) {
    const problems = new Problems(scope);
    problems.add('governance', 'a stack whose synthesizer names no CloudFormation execution role',
      'pass Governance.lakeFormation({ deploymentRole }), or { dataLakeSettings: false } if the role is an administrator already');
    problems.throwIfAny();
  }
  return arn!.includes('${AWS::') ? Fn.sub(arn!) : arn!;
}

function knownExecutionRoleArn(synthesizer: IStackSynthesizer): string | undefined {
  const { cloudFormationExecutionRoleArn: arn } = synthesizer as { cloudFormationExecutionRoleArn?: string };
  // Without a bootstrapped environment the default name is that of a role that does not exist.
  const invented = synthesizer instanceof BootstraplessSynthesizer && arn?.includes(`cdk-${BootstraplessSynthesizer.DEFAULT_QUALIFIER}-`);
  return invented ? undefined : arn;
}
