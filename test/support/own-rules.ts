/** Rules of ours for what no public pack looks at. Each returns what breaks it, by logical id. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
  readonly DependsOn?: string | string[];
}
type Resources = Record<string, Resource>;
type Rule = (resources: Resources) => string[];

const many = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const ofType = (resources: Resources, type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const statements = (resources: Resources) => Object.entries(resources)
  .filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::Policy')
  .flatMap(([id, { Properties }]) => many<any>(Properties!.PolicyDocument.Statement).map((statement) => ({ id, statement })));

/** Actions that know no resources (AWS.md's list): nothing but `*` works. */
export const WITHOUT_RESOURCES = [
  'athena:ListDataCatalogs', 'athena:ListWorkGroups', 'glue:GetSecurityConfiguration', /^lakeformation:/,
  /^logs:(Create|Get|Update|Delete|List)LogDeliver/, 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
  /^xray:/, 'cloudwatch:PutMetricData', 'datazone:PostLineageEvent', /^ec2:(\w+NetworkInterfaces?|DescribeSubnets|\w+PrivateIpAddresses)$/,
];
const knowsNone = (action: string) => WITHOUT_RESOURCES.some((known) => (typeof known === 'string' ? known === action : known.test(action)));

/** What CloudFormation has made before a resource, by what depends on what. */
function predecessors(resources: Resources, id: string): Set<string> {
  const found = new Set<string>();
  const open = [id];
  while (open.length > 0) {
    for (const next of many(resources[open.pop()!]?.DependsOn).filter((known) => !found.has(known))) {
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

export const OWN_RULES: Record<string, Rule> = {
  'a partition is not hard-coded': (resources) => Object.entries(resources)
    .filter(([, resource]) => /"arn:aws(-[a-z]+)?:/.test(JSON.stringify(resource))).map(([id]) => id),

  'data lake settings are appended to': (resources) => ofType(resources, 'AWS::LakeFormation::DataLakeSettings')
    .filter(([, { Properties }]) => Properties?.MutationType !== 'APPEND').map(([id]) => id),

  'grants are made one after another': (resources) => {
    const changes = Object.keys(resources).filter((id) => /^AWS::LakeFormation::PrincipalPermissions$|^Custom::LakeFormation/.test(resources[id].Type));
    const before = new Map(changes.map((id) => [id, predecessors(resources, id)]));
    return changes.filter((id, i) => changes.slice(i + 1).some((other) => !before.get(id)!.has(other) && !before.get(other)!.has(id)));
  },

  'locations are registered without a wildcard': (resources) => ofType(resources, 'AWS::LakeFormation::Resource')
    .filter(([, { Properties }]) => /\*|\/"/.test(JSON.stringify(Properties?.ResourceArn))).map(([id]) => id),

  'every part has a role of its own': (resources) => {
    const users = Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      const role = Properties?.Role ?? Properties?.RoleArn ?? Properties?.Target?.RoleArn;
      const name = JSON.stringify(role ?? '').match(/"Fn::GetAtt":\["(\w+)"/)?.[1];
      // Crawlers share one, and so do schedules: they do the same with the same.
      return name ? [{ id, kind: ['AWS::Glue::Crawler', 'AWS::Scheduler::Schedule', 'AWS::LakeFormation::Resource'].includes(Type) ? Type : id, name }] : [];
    });
    return users.filter(({ name, kind }) => users.some((other) => other.name === name && other.kind !== kind)).map(({ id }) => id);
  },

  'no action is a wildcard': (resources) => statements(resources)
    .filter(({ statement }) => many<string>(statement.Action).some((action) => action.includes('*'))).map(({ id }) => id),

  'all resources are named, where they can be': (resources) => statements(resources)
    .filter(({ statement }) => statement.Effect === 'Allow' && many<unknown>(statement.Resource).includes('*'))
    .flatMap(({ id, statement }) => many<string>(statement.Action).filter((action) => !knowsNone(action)).map((action) => `${id}: ${action}`)),

  'a workgroup is enforced, encrypted and limited': (resources) => ofType(resources, 'AWS::Athena::WorkGroup')
    .filter(([, { Properties }]) => {
      const { WorkGroupConfiguration: settings } = Properties!;
      const { EncryptionConfiguration: encryption, ExpectedBucketOwner: owner } = settings.ResultConfiguration;
      return !settings.EnforceWorkGroupConfiguration || !settings.BytesScannedCutoffPerQuery || !encryption || !owner;
    }).map(([id]) => id),

  'a schedule has a dead-letter queue and a retry policy': (resources) => ofType(resources, 'AWS::Scheduler::Schedule')
    .filter(([, { Properties }]) => !Properties?.Target.DeadLetterConfig || !Properties.Target.RetryPolicy).map(([id]) => id),
};

export const ruleViolations = (template: { Resources?: Resources }): string[] =>
  Object.entries(OWN_RULES).flatMap(([rule, check]) => check(template.Resources ?? {}).map((id) => `${rule}: ${id}`));
