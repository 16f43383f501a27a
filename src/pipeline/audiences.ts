import { RemovalPolicy, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { digestOf, principalIdentifier, principalKey } from '../governance/principal-identifier';
import { AnalyticsWorkgroup } from '../query/analytics-workgroup';
import { Encryption } from '../storage/lake-encryption';

/** What the audiences' workgroups share. */
export interface AudiencesProps {
  readonly resultsBucket: s3.IBucket;
  readonly encryption: Encryption;
  readonly encryptionKey?: kms.IKey;
  readonly scanLimit?: Size;
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The workgroups of those who see a part of the lake: one each, with a prefix of its own for results.
 *
 * Lake Formation does not protect results: who shares a workgroup reads what the others have queried.
 */
export class Audiences extends Construct {
  private readonly workgroups = new Map<string, AnalyticsWorkgroup>();

  constructor(scope: Construct, id: string, private readonly props: AudiencesProps) {
    super(scope, id);
  }

  /** The workgroup of a principal, made when it is first asked for. */
  workgroupOf(grantee: iam.IGrantable): AnalyticsWorkgroup {
    const digest = digestOf(this, principalKey(this, grantee.grantPrincipal, principalIdentifier(this, grantee)));
    const workgroup = this.workgroups.get(digest) ?? new AnalyticsWorkgroup(this, `Audience-${digest}`, {
      ...this.props,
      description: 'Queries of someone who sees a part of the lake',
      resultsPrefix: `audiences/${digest}/`,
    });
    this.workgroups.set(digest, workgroup);
    return workgroup;
  }
}
