import { Aws, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { checkRegion } from '../core/checks';
import { Problems } from '../core/problems';

/** Whether what the functions call gets endpoints in the VPC. */
export const DEFAULT_CREATE_ENDPOINTS = true;

const HTTPS = ec2.Port.tcp(443);

/** Where a pipeline's functions stand in a VPC. */
export interface VpcOptions {
  /** VPC of the functions, in the stack's region. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the functions. They cannot be public: a function there has no address that the internet could answer to.
   *
   * @default - the private subnets with a route to the internet; where there are none, the isolated ones
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Whether S3 gets a gateway endpoint (free), and Glue, Secrets Manager and EventBridge an interface endpoint each where a
   * function calls them (about USD 7.30 a month each, in every zone). Turn it off where the VPC has them, or where a NAT
   * gateway may carry these calls.
   *
   * @default true
   */
  readonly createEndpoints?: boolean;
}

/** Options of a FunctionNetwork. */
export interface FunctionNetworkProps extends VpcOptions {}

/** Where functions stand in a VPC: private subnets, a security group that lets nothing in and only HTTPS out, endpoints of what they call. */
export class FunctionNetwork extends Construct {
  /** The VPC. */
  readonly vpc: ec2.IVpc;
  /** Subnets of the functions. */
  readonly subnets: ec2.ISubnet[];
  /** Security group of the functions. */
  readonly securityGroup: ec2.SecurityGroup;

  private readonly createsEndpoints: boolean;
  private readonly endpoints = new Map<string, ec2.InterfaceVpcEndpoint>();
  private endpointGroup?: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: FunctionNetworkProps) {
    super(scope, id);
    this.vpc = props.vpc;
    this.subnets = this.privateSubnets(props);
    this.createsEndpoints = props.createEndpoints ?? DEFAULT_CREATE_ENDPOINTS;
    this.securityGroup = this.createGroup('Functions', 'Functions of a data lake pipeline');
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'APIs and AWS services');
    if (this.createsEndpoints) {
      new ec2.GatewayVpcEndpoint(this, 'S3', {
        vpc: this.vpc, service: ec2.GatewayVpcEndpointAwsService.S3, subnets: [{ subnets: this.subnets }],
      });
    }
  }

  /**
   * Makes the endpoints of the services that some statements are about. S3 has one anyway; KMS is called by the services.
   *
   * @internal
   */
  _reach(statements: iam.PolicyStatement[]): void {
    const prefixes = new Set(statements.flatMap(({ actions }) => actions).map((action) => action.split(':')[0]));
    for (const [prefix, service] of Object.entries(ENDPOINTS).filter(([name]) => this.createsEndpoints && prefixes.has(name))) {
      if (!this.endpoints.has(prefix)) {
        this.endpoints.set(prefix, this.createEndpoint(prefix, service));
      }
    }
  }

  private createEndpoint(id: string, service: ec2.InterfaceVpcEndpointAwsService): ec2.InterfaceVpcEndpoint {
    this.endpointGroup ??= this.createEndpointGroup();
    return new ec2.InterfaceVpcEndpoint(this, id, {
      vpc: this.vpc, service, subnets: { subnets: this.subnets }, securityGroups: [this.endpointGroup], open: false,
    });
  }

  private createEndpointGroup(): ec2.SecurityGroup {
    const group = this.createGroup('Endpoints', 'Endpoints of the services that a data lake pipeline calls');
    group.addIngressRule(this.securityGroup, HTTPS, 'Functions of the pipeline');
    return group;
  }

  private createGroup(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  private privateSubnets({ vpc, subnets }: VpcOptions): ec2.ISubnet[] {
    const problems = new Problems(this);
    checkRegion(problems, 'vpc', vpc, this);
    problems.throwIfAny();
    const selection = subnets ?? { subnetType: vpc.privateSubnets.length > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED };
    const selected = subnetsOf(vpc, selection);
    const isPublic = selected.some((subnet) => vpc.publicSubnets.some(({ subnetId }) => subnetId === subnet.subnetId));
    problems.check(selected.length > 0, subnets ? 'vpc.subnets' : 'vpc', 'no private subnet',
      `${vpc.node.path} needs private subnets with a NAT gateway, for APIs on the internet, or isolated ones, for APIs of your own`);
    problems.check(!isPublic, 'vpc.subnets', 'public subnets', 'a function has no public address: choose private ones');
    problems.throwIfAny();
    return selected;
  }
}

/** Services that the library's functions call, by the prefix of their actions. */
const ENDPOINTS: Record<string, ec2.InterfaceVpcEndpointAwsService> = {
  glue: ec2.InterfaceVpcEndpointAwsService.GLUE,
  secretsmanager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  events: ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE,
};

/** A VPC without such subnets throws: what that means here is told by the caller. */
function subnetsOf(vpc: ec2.IVpc, selection: ec2.SubnetSelection): ec2.ISubnet[] {
  try {
    return vpc.selectSubnets(selection).subnets;
  } catch {
    return [];
  }
}

/**
 * What Lambda needs to attach a function to a VPC, and what keeps the function's own code from using it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function attachStatements(scope: Construct): iam.PolicyStatement[] {
  // EC2 knows no resources for some of these, and the interfaces have no names yet.
  const attach = {
    actions: [
      'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  };
  const { region } = Stack.of(scope);
  const functions = `arn:${Aws.PARTITION}:lambda:${region}:${Aws.ACCOUNT_ID}:function:*`;
  return [
    new iam.PolicyStatement(attach),
    new iam.PolicyStatement({ ...attach, effect: iam.Effect.DENY, conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } } }),
  ];
}
