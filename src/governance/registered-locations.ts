import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RolePolicy } from '../core/role-policy';
import { CURATED_PREFIX, RAW_PREFIX } from '../spec/object-keys';
import { bucketKeyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

/** Options of RegisteredLocations. */
export interface RegisteredLocationsProps {
  /** The lake's bucket. */
  readonly bucket: s3.IBucket;

  /**
   * Whether IAM goes on deciding for principals that are not opted in.
   *
   * @default false
   */
  readonly hybridAccess?: boolean;
}

/**
 * Registers the lake's raw and curated data with Lake Formation, under a role of their own.
 *
 * Prefixes, never the whole bucket: state and quarantine stay out of reach of analysts.
 */
export class RegisteredLocations extends Construct {
  /** The role that Lake Formation reads and writes the locations with. */
  readonly role: iam.Role;
  /** Its permissions. */
  readonly policy: iam.ManagedPolicy;
  /** The registrations. */
  readonly locations: lakeformation.CfnResource[];

  constructor(scope: Construct, id: string, props: RegisteredLocationsProps) {
    super(scope, id);
    this.role = this.createRole();
    this.policy = new RolePolicy(this, 'Policy', {
      description: 'Lets Lake Formation reach the locations of a data lake',
      statements: locationStatements(props.bucket),
      roles: [this.role],
    });
    this.locations = [
      this.register('Raw', props, RAW_PREFIX),
      this.register('Curated', props, CURATED_PREFIX),
    ];
  }

  /** @see https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html */
  private createRole(): iam.Role {
    return new iam.Role(this, 'Role', {
      description: 'Lets Lake Formation reach the locations of a data lake',
      assumedBy: new iam.ServicePrincipal('lakeformation.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
  }

  private register(id: string, { bucket, hybridAccess }: RegisteredLocationsProps, prefix: string): lakeformation.CfnResource {
    const location = new lakeformation.CfnResource(this, id, {
      resourceArn: locationArn(bucket, prefix),
      roleArn: this.role.roleArn,
      useServiceLinkedRole: false,
      hybridAccessEnabled: hybridAccess || undefined,
    });
    location.node.addDependency(this.policy);
    return location;
  }
}

/** The ARN of a location as Lake Formation knows it: no slash at its end, no wildcard. */
export function locationArn(bucket: s3.IBucket, prefix: string): string {
  return bucket.arnForObjects(prefix.replace(/\/$/, ''));
}

/** Raw data is written by the extractors alone. */
function locationStatements(bucket: s3.IBucket): iam.PolicyStatement[] {
  return [
    objectStatement(bucket, ['s3:GetObject'], [`${RAW_PREFIX}*`]),
    objectStatement(bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [`${CURATED_PREFIX}*`]),
    listStatement(bucket, [`${RAW_PREFIX}*`, `${CURATED_PREFIX}*`]),
    ...bucketKeyStatements(bucket, KMS_WRITE),
  ];
}
