import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import { Construct } from 'constructs';
import { LakePermission } from './lake-permission';
import { digestOf, principalIdentifier, principalKey } from './principal-identifier';

/** Changes of permissions made at the same time fail (ConcurrentModificationException), so each one of a stack follows the one before. */
const LAST_CHANGE = new WeakMap<Stack, CfnResource>();

/** What someone may do with something. */
export interface LakeGrant {
  /** What the grant is called in the template, before its digest. */
  readonly kind: string;
  readonly grantee: iam.IGrantable;
  readonly resource: lakeformation.CfnPrincipalPermissions.ResourceProperty;
  readonly permissions: LakePermission[];
  /** Whether the grantee may pass the permissions on. */
  readonly grantable?: boolean;
  /** The declared table that it is on. */
  readonly table?: CfnResource;
  /** What must be there before. */
  readonly after?: CfnResource[];
}

/** A lake's grants, made one after another. */
export class SerialGrants {
  private readonly before: CfnResource[] = [];
  private readonly made = new Map<string, lakeformation.CfnPrincipalPermissions>();

  constructor(private readonly scope: Construct) {}

  /** Every grant from now on waits for these. */
  after(...resources: CfnResource[]): void {
    this.before.push(...resources);
  }

  /**
   * Makes a grant, or adds to the one that the grantee has on the same resource: CloudFormation knows a grant by who and what,
   * and refuses a second one.
   */
  add(grant: LakeGrant): CfnResource {
    const { grantPrincipal } = grant.grantee;
    const identifier = principalIdentifier(this.scope, grant.grantee);
    const digest = digestOf(this.scope, principalKey(this.scope, grantPrincipal, identifier), grant.resource);
    const scope = this.scopeFor(grantPrincipal, grant.table);
    const made = this.made.get(digest) ?? this.order(new lakeformation.CfnPrincipalPermissions(scope, `${grant.kind}-${digest}`, {
      principal: { dataLakePrincipalIdentifier: identifier },
      resource: grant.resource,
      permissions: [],
      permissionsWithGrantOption: [],
    }));
    this.made.set(digest, made);
    made.permissions = union(made.permissions, grant.permissions);
    made.permissionsWithGrantOption = union(made.permissionsWithGrantOption, grant.grantable ? grant.permissions : []);
    for (const resource of [...grant.after ?? [], ...grant.table ? [grant.table] : []]) {
      made.node.addDependency(resource);
    }
    return made;
  }

  /** Puts a resource behind all changes of permissions that its stack makes so far. */
  order<T extends CfnResource>(change: T): T {
    const stack = Stack.of(change);
    const last = LAST_CHANGE.get(stack);
    for (const resource of last ? [...this.before, last] : this.before) {
      change.node.addDependency(resource);
    }
    LAST_CHANGE.set(stack, change);
    return change;
  }

  /**
   * A grant stands in the stack of its principal, or of the table that it is on where the principal is the lake's neighbour: the lake's
   * stack must not depend on those that use it.
   */
  scopeFor(principal: iam.IPrincipal, table: Construct = this.scope): Construct {
    const apart = Construct.isConstruct(principal) && Stack.of(principal) !== Stack.of(this.scope);
    return this.scopeIn(Stack.of(apart ? principal : table));
  }

  /** Where resources of the lake's grants stand in a stack. */
  scopeIn(stack: Stack): Construct {
    if (stack === Stack.of(this.scope)) {
      return this.scope;
    }
    const id = `LakeFormationGrants-${this.scope.node.addr}`;
    return (stack.node.tryFindChild(id) as Construct | undefined) ?? new Construct(stack, id);
  }
}

const union = (some: string[], more: string[]): string[] => [...new Set([...some, ...more])].sort();
