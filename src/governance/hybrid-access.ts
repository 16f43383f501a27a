import { Aws, CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import { LakeFormationFunction, LakeFormationFunctionProps } from './lake-formation-function';
import { digestOf, OutsidePrincipal, principalIdentifier, principalKey } from './principal-identifier';
import { SerialGrants } from './serial-grants';

/** Opts in those who are granted something: only for them does Lake Formation decide, where access is hybrid. */
export class HybridAccess extends Construct {
  private readonly function: LakeFormationFunction;
  private readonly administrator: lakeformation.CfnDataLakeSettings;
  private readonly optedIn = new Set<string>();

  constructor(
    scope: Construct,
    id: string,
    private readonly grants: SerialGrants,
    private readonly props: LakeFormationFunctionProps & { readonly settings: CfnResource },
  ) {
    super(scope, id);
    this.function = LakeFormationFunction.optingIn(this, 'Function', props);
    this.administrator = new lakeformation.CfnDataLakeSettings(this, 'Administrator', {
      mutationType: 'APPEND',
      admins: [{ dataLakePrincipalIdentifier: this.function.role.roleArn }],
    });
    this.administrator.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.administrator.node.addDependency(props.settings); // one change of the settings at a time
  }

  /** Opts a role or user in, once. An opt-in is for these alone. */
  optIn(grantee: iam.IGrantable): void {
    const { grantPrincipal } = grantee;
    const principal = principalIdentifier(this, grantee);
    const digest = digestOf(this, principalKey(this, grantPrincipal, principal));
    if (grantPrincipal instanceof OutsidePrincipal || this.optedIn.has(digest)) {
      return;
    }
    this.optedIn.add(digest);
    const request = { action: 'optIn', catalogId: Aws.ACCOUNT_ID, database: this.props.databaseName, principal } as const;
    const made = this.function.request(this.grants.scopeFor(grantPrincipal), `OptIn-${digest}`, request);
    made.node.addDependency(this.administrator);
    this.grants.order(made.node.defaultChild as CfnResource);
  }
}
