import * as iam from 'aws-cdk-lib/aws-iam';

/** Adds several statements to a principal, as one grant. */
export function grantStatements(grantee: iam.IGrantable, statements: iam.PolicyStatement[]): iam.Grant {
  return statements
    .map((statement) => iam.Grant.addToPrincipal({
      grantee,
      actions: statement.actions,
      resourceArns: statement.resources,
      conditions: statement.conditions,
    }))
    .reduce((all, grant) => all.combine(grant));
}
