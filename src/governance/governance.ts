import * as iam from 'aws-cdk-lib/aws-iam';

/** Whether the lake adds the deploying role to Lake Formation's administrators. */
export const DEFAULT_DATA_LAKE_SETTINGS = true;

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
}

/** Who decides what a principal may read. */
export class Governance {
  /**
   * Lake Formation: IAM opens the services, Lake Formation's grants open databases and tables.
   *
   * In an account with Lake Formation's original defaults the new database itself, though none of its tables, stays
   * open to IAM until an administrator revokes ALL on it from IAM_ALLOWED_PRINCIPALS, which CloudFormation cannot do.
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
