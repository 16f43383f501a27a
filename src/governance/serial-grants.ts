import { createHash } from 'node:crypto';
import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct, IConstruct } from 'constructs';
import { LakePermission } from './lake-permission';

/** Grants made at the same time fail (ConcurrentModificationException), so each one of a stack follows the one before. */
const LAST_GRANT = new WeakMap<Stack, CfnResource>();

/** A lake's grants, made one after another. */
export class SerialGrants {
  private readonly before: CfnResource[] = [];
  private readonly made = new Map<string, CfnResource>();

  constructor(private readonly scope: Construct) {}

  /** Every grant from now on waits for these. */
  after(...resources: CfnResource[]): void {
    this.before.push(...resources);
  }

  /** Makes a grant, or returns the one made before. */
  add(
    kind: string,
    principal: iam.IPrincipal,
    arn: string,
    permissions: LakePermission[],
    resource: lakeformation.CfnPrincipalPermissions.ResourceProperty,
  ): CfnResource {
    const wanted = [...new Set(permissions)].sort();
    const key = JSON.stringify([kind, arn, wanted]);
    const known = this.made.get(key);
    if (known) {
      return known;
    }
    const scope = this.scopeFor(principal);
    const grant = new lakeformation.CfnPrincipalPermissions(scope, `${kind}-${this.digest(principal, arn, wanted)}`, {
      principal: { dataLakePrincipalIdentifier: arn },
      resource,
      permissions: wanted,
      permissionsWithGrantOption: [],
    });
    this.order(grant);
    this.made.set(key, grant);
    return grant;
  }

  /** A grant stands in the stack of its principal: the lake's stack must not depend on those that use it. */
  private scopeFor(principal: iam.IPrincipal): Construct {
    const stack = Construct.isConstruct(principal) ? Stack.of(principal) : Stack.of(this.scope);
    if (stack === Stack.of(this.scope)) {
      return this.scope;
    }
    const id = `LakeFormationGrants-${this.scope.node.addr}`;
    return (stack.node.tryFindChild(id) as Construct | undefined) ?? new Construct(stack, id);
  }

  private order(grant: CfnResource): void {
    const stack = Stack.of(grant);
    const last = LAST_GRANT.get(stack);
    for (const resource of last ? [...this.before, last] : this.before) {
      grant.node.addDependency(resource);
    }
    LAST_GRANT.set(stack, grant);
  }

  /** Follows the principal, not the order of the calls. */
  private digest(principal: iam.IPrincipal, arn: string, permissions: string[]): string {
    const who = Construct.isConstruct(principal) ? (principal as IConstruct).node.addr : JSON.stringify(Stack.of(this.scope).resolve(arn));
    return createHash('sha256').update(JSON.stringify([who, permissions])).digest('hex').slice(0, 12);
  }
}
