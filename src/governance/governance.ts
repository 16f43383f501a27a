import * as iam from 'aws-cdk-lib/aws-iam';

/** Whether the lake adds the deploying role to Lake Formation's administrators. */
export const DEFAULT_DATA_LAKE_SETTINGS = true;

/** Whether the lake's database is closed to IAM. */
export const DEFAULT_REVOKE_IAM_ALLOWED_PRINCIPALS = true;

/** Whether IAM goes on deciding for those who are granted nothing. */
export const DEFAULT_HYBRID_ACCESS = false;

/** Whether readers also see the database `default`. */
export const DEFAULT_DESCRIBE_DEFAULT_DATABASE = false;

/** Options of governance by Lake Formation. */
export interface LakeFormationOptions {
  /**
   * Whether the lake makes the deploying role a Lake Formation administrator. It is added to those that the account
   * has, and stays when the stack is deleted. Turn it off where a central team owns the settings; the team then adds
   * the role before the first deployment.
   *
   * @default true
   */
  readonly dataLakeSettings?: boolean;

  /**
   * The role that CloudFormation deploys with.
   *
   * @default - the CloudFormation execution role of the stack's synthesizer
   */
  readonly deploymentRole?: iam.IRole;

  /**
   * Whether the deployment revokes ALL on the new database, and on tables that it has already, from IAM_ALLOWED_PRINCIPALS:
   * in an account with Lake Formation's original defaults a database is born open to all whom IAM lets in. Closed it stays when the
   * stack is deleted. Turn it off where a central team does this.
   *
   * @default true, without hybridAccess
   */
  readonly revokeIamAllowedPrincipals?: boolean;

  /**
   * Hybrid access mode, for a lake that others read by IAM already: Lake Formation decides for those who are granted something
   * here and are opted in with it, IAM goes on deciding for all others. Tables stay open to IAM.
   *
   * Only an administrator can opt someone in, so a role of the lake becomes one. It may do nothing else, and
   * stays when the stack is deleted: settings that name a role which is gone fail at the next change.
   *
   * @see https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode.html
   * @default false
   */
  readonly hybridAccess?: boolean;

  /**
   * Whether who is granted to read or write also sees the account's database `default`, which some clients of Athena ask for first. Turn
   * it on only where the account has that database: a grant on one that does not exist fails.
   *
   * @see https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
   * @default false
   */
  readonly describeDefaultDatabase?: boolean;
}

/** Who decides what a principal may read. */
export class Governance {
  /**
   * Lake Formation: IAM opens the services, Lake Formation's grants open databases and tables.
   *
   * @see https://docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html
   */
  static lakeFormation(options: LakeFormationOptions = {}): Governance {
    return new Governance(options);
  }

  /** IAM alone: who may read the objects may read the tables. */
  static iam(): Governance {
    return new Governance(undefined);
  }

  private constructor(
    /** @internal */
    readonly _lakeFormation: LakeFormationOptions | undefined,
  ) {}
}
