import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { explainWildcards } from './acknowledge';

/** What a role of ours may do: a customer-managed policy, whose wildcards are explained. */
export class RolePolicy extends iam.ManagedPolicy {
  constructor(scope: Construct, id: string, props: iam.ManagedPolicyProps) {
    super(scope, id, props);
    explainWildcards(this);
  }
}
