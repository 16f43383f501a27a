// A template as IAM sees it once it is deployed: names and ARNs with fixed values, the policies of each role and resource.

export const ACCOUNT = '111111111111';
/** As test/support/pipelines.ts has them. */
const REGIONS = { 'aws': 'eu-west-1', 'aws-us-gov': 'us-gov-west-1', 'aws-cn': 'cn-north-1' };
const NAMED_BY = { 'AWS::Athena::WorkGroup': 'Name', 'AWS::StepFunctions::StateMachine': 'StateMachineName' };
const REF_IS_ARN = ['AWS::SecretsManager::Secret', 'AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic', 'AWS::IAM::ManagedPolicy'];
const ARNS = {
  'AWS::S3::Bucket': (name) => `s3:::${name}`,
  'AWS::IAM::Role': (name) => `iam::${ACCOUNT}:role/${name}`,
  'AWS::Logs::LogGroup': (name, region) => `logs:${region}:${ACCOUNT}:log-group:${name}:*`,
};
const RESOURCE_OF = {
  'AWS::KMS::Key': 'kms:key/', 'AWS::Lambda::Function': 'lambda:function:', 'AWS::SecretsManager::Secret': 'secretsmanager:secret:',
  'AWS::StepFunctions::StateMachine': 'states:stateMachine:', 'AWS::SNS::Topic': 'sns:', 'AWS::SQS::Queue': 'sqs:', 'AWS::Glue::Crawler': 'glue:crawler/',
};
const many = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export class Template {
  constructor({ Resources }, partition) {
    this.resources = Resources;
    this.partition = partition;
    this.region = REGIONS[partition];
    this.pseudo = {
      'AWS::AccountId': ACCOUNT, 'AWS::Region': this.region, 'AWS::Partition': partition, 'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
      'AWS::StackId': `arn:${partition}:cloudformation:${this.region}:${ACCOUNT}:stack/Test/1`,
    };
  }

  /** The one resource whose logical id matches. */
  find(pattern) {
    const found = Object.keys(this.resources).filter((id) => new RegExp(pattern).test(id));
    if (found.length !== 1) {
      throw new Error(`${pattern}: got ${found.length} resources (${found.join(', ')}); name exactly one`);
    }
    return found[0];
  }

  name(id) {
    const { Type, Properties = {} } = this.resources[id];
    const own = Properties[NAMED_BY[Type] ?? ''];
    return typeof own === 'string' ? own : id.toLowerCase();
  }

  arn(id) {
    const { Type } = this.resources[id];
    const prefix = RESOURCE_OF[Type];
    if (prefix === undefined) {
      return `arn:${this.partition}:${(ARNS[Type] ?? ((name) => `unknown:::${name}`))(this.name(id), this.region)}`;
    }
    const [service, resource] = [prefix.slice(0, prefix.indexOf(':')), prefix.slice(prefix.indexOf(':') + 1)];
    return `arn:${this.partition}:${service}:${this.region}:${ACCOUNT}:${resource}${this.name(id)}${Type === 'AWS::SecretsManager::Secret' ? '-AbCdEf' : ''}`;
  }

  resolve(value) {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item));
    }
    if (value === null || typeof value !== 'object') {
      return value;
    }
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
    if (ref !== undefined) {
      return this.pseudo[ref] ?? (REF_IS_ARN.includes(this.resources[ref].Type) ? this.arn(ref) : this.name(ref));
    }
    if (attribute !== undefined) {
      return attribute[1] === 'Arn' ? this.arn(attribute[0]) : this.name(attribute[0]);
    }
    if (join !== undefined) {
      return this.resolve(join[1]).join(join[0]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  /** What a role may do: its policies, by name. */
  policiesOf(role) {
    return Object.entries(this.resources)
      .filter(([, { Type, Properties }]) => ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(Type) && many(Properties.Roles).some(({ Ref }) => Ref === role))
      .map(([name, { Properties }]) => ({ name, policy: this.resolve(Properties.PolicyDocument) }));
  }

  /** What a bucket, key, queue or topic itself says, if it says anything. */
  policyAt(arn) {
    for (const [id, { Type, Properties }] of Object.entries(this.resources)) {
      const owners = Type === 'AWS::S3::BucketPolicy' ? [this.arn(Properties.Bucket.Ref)] : Type === 'AWS::SNS::TopicPolicy' ? this.resolve(Properties.Topics)
        : Type === 'AWS::SQS::QueuePolicy' ? Properties.Queues.map(({ Ref }) => this.arn(Ref)) : [];
      if (owners.some((owner) => arn === owner || arn.startsWith(`${owner}/`))) {
        return this.resolve(Properties.PolicyDocument);
      }
      if (Type === 'AWS::KMS::Key' && arn === this.arn(id)) {
        return this.resolve(Properties.KeyPolicy);
      }
    }
    return undefined;
  }

  /** What policies of keys, topics and buckets allow services. */
  serviceStatements() {
    return Object.values(this.resources)
      .flatMap(({ Properties = {} }) => (Properties.KeyPolicy ?? (Properties.Bucket || Properties.Topics || Properties.Queues ? Properties.PolicyDocument : undefined)) ?? [])
      .map((document) => this.resolve(document))
      .flatMap((policy) => policy.Statement.filter(({ Effect, Principal }) => Effect === 'Allow' && Principal?.Service).map((statement) => ({ policy, statement })));
  }

  statementsAbout(service) {
    return this.serviceStatements().filter(({ statement }) => many(statement.Principal.Service).includes(service));
  }

  allowedServices() {
    return [...new Set(this.serviceStatements().flatMap(({ statement }) => many(statement.Principal.Service)))];
  }

  /** The one trail. */
  trail() {
    return `arn:${this.partition}:cloudtrail:${this.region}:${ACCOUNT}:trail/${this.resources[this.find('AuditTrail')].Properties.TrailName}`;
  }

  /** The services that a state machine's tasks call. */
  integrations(machine) {
    return [...new Set(JSON.stringify(this.resources[this.find(machine)]).match(/states:::[\w:.-]+/g))];
  }
}
