import { Aws, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { OutsidePrincipal } from './principal-identifier';

/**
 * Someone whom Lake Formation can grant to.
 *
 * A role or a user gets its IAM permissions with the grant. Accounts and groups of identity providers have no IAM policies
 * that a stack could add to: their grants are Lake Formation's alone, and `iam.Grant.success` is false.
 *
 * @see https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
 */
export class LakePrincipal implements iam.IGrantable {
  /** An IAM role, as if it were passed itself. */
  static role(role: iam.IRole): LakePrincipal {
    return new LakePrincipal(role.grantPrincipal);
  }

  /** An IAM user, as if it were passed itself. */
  static user(user: iam.IUser): LakePrincipal {
    return new LakePrincipal(user.grantPrincipal);
  }

  /**
   * Another AWS account, whose administrators pass the grant on.
   *
   * @param accountId twelve digits.
   */
  static account(accountId: string): LakePrincipal {
    return new LakePrincipal(new OutsidePrincipal(checked('accountId', accountId, /^\d{12}$/, 'use twelve digits')));
  }

  /**
   * A group of IAM Identity Center.
   *
   * @param groupId as Identity Center shows it, no name.
   */
  static identityCenterGroup(groupId: string): LakePrincipal {
    const id = checked('groupId', groupId, /^([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'use the id of the group, not its name');
    return new LakePrincipal(new OutsidePrincipal(`arn:${Aws.PARTITION}:identitystore:::group/${id}`));
  }

  /**
   * A group of users that a SAML identity provider signs in.
   *
   * @param provider the IAM identity provider.
   * @param groupName as the provider's assertions tell it.
   */
  static samlGroup(provider: iam.ISamlProvider, groupName: string): LakePrincipal {
    return new LakePrincipal(new OutsidePrincipal(`${provider.samlProviderArn}:group/${checked('groupName', groupName, /^\S.*$/, 'use the name of the group')}`));
  }

  private constructor(
    /** The principal. */
    readonly grantPrincipal: iam.IPrincipal,
  ) {}

  /** As an error names it. */
  toString(): string {
    return `${this.grantPrincipal}`;
  }
}

function checked(property: string, value: string, pattern: RegExp, fix: string): string {
  if (!Token.isUnresolved(value) && !pattern.test(value)) {
    throw new Error(`LakePrincipal: ${property}: got ${JSON.stringify(value)}; ${fix}`);
  }
  return value;
}
