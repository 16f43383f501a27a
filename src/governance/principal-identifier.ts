import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { Problems } from '../core/problems';

/** Someone whom Lake Formation knows and who has no IAM policies: an account, or a group of an identity provider. */
export class OutsidePrincipal extends iam.PrincipalBase {
  constructor(readonly lakeIdentifier: string) {
    super();
  }

  get policyFragment(): iam.PrincipalPolicyFragment {
    throw new Error(`${this.lakeIdentifier} is a principal of Lake Formation only: no policy can name it`);
  }

  override toString(): string {
    return `LakePrincipal(${this.lakeIdentifier})`;
  }

  dedupeString(): string {
    return this.toString();
  }
}

/** What Lake Formation knows a grantee by: the ARN of a role or user, or the identifier of someone outside of IAM. */
export function principalIdentifier(scope: Construct, grantee: iam.IGrantable): string {
  const principal = grantee.grantPrincipal;
  const identifier = knownIdentifier(principal);
  if (identifier === undefined) {
    const problems = new Problems(scope);
    problems.add('grantee', principal.toString(), 'Lake Formation grants to roles and users only: pass an iam.Role or iam.User, or a LakePrincipal');
    problems.throwIfAny();
  }
  return identifier!;
}

/** Tells principals apart; follows the principal, not the order of the calls. */
export function principalKey(scope: Construct, principal: iam.IPrincipal, identifier: string): string {
  return Construct.isConstruct(principal) ? (principal as IConstruct).node.addr : JSON.stringify(Stack.of(scope).resolve(identifier));
}

/** A short name for what belongs to these values; the same in every synthesis. */
export const digestOf = (scope: Construct, ...values: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(Stack.of(scope).resolve(values))).digest('hex').slice(0, 12);

function knownIdentifier(principal: iam.IPrincipal): string | undefined {
  if (principal instanceof OutsidePrincipal) {
    return principal.lakeIdentifier;
  }
  if (principal instanceof iam.AccountPrincipal || principal instanceof iam.AnyPrincipal) {
    return undefined;
  }
  const { roleArn, userArn, arn } = principal as { roleArn?: string; userArn?: string; arn?: string };
  return roleArn ?? userArn ?? arn;
}
