import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { RolePolicy } from '../core/role-policy';
import { IDataLake } from '../data-lake';
import { tableReadStatements } from '../governance/table-statements';

/** Options of a DataQualityRole. */
export interface DataQualityRoleProps {
  /** Lake whose tables are evaluated. */
  readonly lake: IDataLake;
}

/**
 * The role of Glue Data Quality: reads the tables of one database, and evaluates rulesets.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
 */
export class DataQualityRole extends Construct {
  /** The role. */
  readonly role: iam.Role;
  /** Its permissions. */
  readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, { lake }: DataQualityRoleProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('glue.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
      description: 'Evaluates the quality of a data lake',
    });
    this.policy = new RolePolicy(this, 'Policy', {
      description: 'Evaluates the quality of a data lake',
      statements: [
        ...tableReadStatements(lake),
        new iam.PolicyStatement({
          actions: ['glue:GetDataQualityRuleset', 'glue:GetDataQualityRulesetEvaluationRun', 'glue:GetDataQualityResult', 'glue:PublishDataQuality'],
          resources: [rulesetArns(this)],
        }),
        // The service's own libraries.
        new iam.PolicyStatement({
          actions: ['s3:GetObject'],
          resources: [Stack.of(this).formatArn({ service: 's3', region: '', account: '', resource: `aws-glue-ml-data-quality-assets-${Aws.REGION}`, resourceName: '*' })],
        }),
        new iam.PolicyStatement({
          actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [Stack.of(this).formatArn({ service: 'logs', resource: 'log-group:/aws-glue/*' })],
        }),
      ],
      roles: [this.role],
    });
    this.policy.node.addDependency(...lake.lakeFormation?.grantRead(this.role) ?? []);
  }

  /**
   * What evaluating rulesets under this role needs.
   *
   * @internal
   */
  _evaluationStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['glue:StartDataQualityRulesetEvaluationRun', 'glue:GetDataQualityRulesetEvaluationRun', 'glue:GetDataQualityResult', 'glue:GetDataQualityRuleset'],
        resources: [rulesetArns(this)],
      }),
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
      }),
    ];
  }
}

/** Evaluation runs and results have no ARNs of their own: Glue looks at the rulesets', by any name. */
const rulesetArns = (scope: Construct) => Stack.of(scope).formatArn({ service: 'glue', resource: 'dataQualityRuleset', resourceName: '*' });
