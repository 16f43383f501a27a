import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { Problems } from '../core/problems';

/** The ARN that Lake Formation knows a grantee by. */
export function principalArn(scope: Construct, grantee: iam.IGrantable): string {
  const principal = grantee.grantPrincipal;
  const arn = knownArn(principal);
  if (arn === undefined) {
    const problems = new Problems(scope);
    problems.add('grantee', principal.toString(), 'Lake Formation grants to roles and users only: pass an iam.Role or iam.User');
    problems.throwIfAny();
  }
  return arn!;
}

function knownArn(principal: iam.IPrincipal): string | undefined {
  if (principal instanceof iam.AccountPrincipal || principal instanceof iam.AnyPrincipal) {
    return undefined;
  }
  const { roleArn, userArn, arn } = principal as { roleArn?: string; userArn?: string; arn?: string };
  return roleArn ?? userArn ?? arn;
}
