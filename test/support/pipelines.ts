import { App, Duration, Environment, Size, Stack, Validations } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  Audit,
  Auth, Cataloguing, Contract, DataLake, DataLakePipeline, Encryption, Governance, Incremental, JsonSchema, LakeTag, LineageSink, NamedQuery,
  Pagination, ParentRecords, QualityEngine, QualityRule, RecordTransform, RunSchedule, Source, TableUpkeep, TokenPlace, Transform, TransformMode,
} from '../../src';
import { explainWildcards } from '../../src/core/acknowledge';

/** The pipelines that every rung of proof looks at, from the smallest to all that there is. */
export const PIPELINES: Record<string, (stack: Stack) => void> = {
  'the smallest': smallest,
  'the randomuser example': randomuser,
  'everything on': (stack) => everything(stack),
  'everything on, without Lake Formation': (stack) => everything(stack, Governance.iam()),
  'everything on, in a VPC': (stack) => everything(stack, undefined, vpcOf(stack)),
  'everything on, in hybrid access mode': (stack) => everything(stack, Governance.lakeFormation({ hybridAccess: true })),
  'everything imported': imported,
  'keys of the services': s3Managed,
  'two pipelines on one lake': shared,
};

/** Regions of each partition. */
export const REGIONS: Record<string, string> = { 'aws': 'eu-west-1', 'aws-us-gov': 'us-gov-west-1', 'aws-cn': 'cn-north-1' };

export const ACCOUNT = '111111111111';
export const environmentOf = (region: string): Environment => ({ account: ACCOUNT, region });

/** What the library leaves to its user, and what the user of these stacks says to the findings about it. */
const DECISIONS = {
  noCopy: { rules: ['S3BucketReplicationEnabled'], packs: ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'], reason: 'one region holds the data' },
  noVpc: { rules: ['LambdaInsideVPC'], packs: ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'], reason: 'the APIs are on the internet' },
  inlinePolicy: { rules: ['IAMNoInlinePolicy'], packs: ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'], reason: 'grants of the CDK are inline policies' },
  defaultKey: { rules: ['SecretsManagerUsingKMSKey'], packs: ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'], reason: 'secrets of a test' },
  noRotation: { rules: ['SecretsManagerRotationEnabled'], packs: ['HIPAA.Security', 'NIST.800.53.R5'], reason: 'the API rotates them' },
  noKey: {
    rules: ['S3DefaultEncryptionKMS', 'SNSEncryptedKMS', 'CloudWatchLogGroupEncrypted'],
    packs: ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'],
    reason: 'the data has no need of a key of its own: encryption is Encryption.s3Managed()',
  },
  noCrawlerKey: { rules: ['GL1'], packs: ['AwsSolutions'], reason: 'without a key, logs of crawlers have the encryption of CloudWatch Logs' },
} as const;

function decide(scope: Construct, ...decisions: (keyof typeof DECISIONS)[]): void {
  for (const { rules, packs, reason } of decisions.map((decision) => DECISIONS[decision])) {
    Validations.of(scope).acknowledge(...packs.flatMap((pack) => rules.map((rule) => ({ id: `${pack}-${rule}`, reason }))));
  }
}

const HOURLY = RunSchedule.on(ScheduleExpression.rate(Duration.hours(1)));
const api = (path: string) => `https://api.example.com/${path}`;

function smallest(stack: Stack): void {
  new DataLakePipeline(stack, 'Users', { sources: [Source.http('users', { url: api('users'), records: '$.results' })] });
  decide(stack, 'noCopy', 'noVpc');
}

/** What examples/randomuser/app.ts has, by its shape: the app itself is synthesized and linted besides. */
function randomuser(stack: Stack): void {
  new DataLakePipeline(stack, 'Pipeline', {
    databaseName: 'randomuser_db',
    workgroupName: 'analytics',
    sources: [Source.http('randomuser', {
      url: api('?results=500'),
      records: '$.results',
      crawlerName: 'randomuser-crawler',
      quality: [QualityRule.rowCount({ min: 1 }), QualityRule.isUnique('login.uuid')],
    })],
    transforms: [Transform.sql('users', {
      query: "SELECT login.uuid AS uuid, email, ingestion_date FROM randomuser WHERE ingestion_date = '{{ingestion_date}}'",
      mode: TransformMode.merge({ key: ['uuid'], latestBy: 'ingestion_date' }),
    })],
    namedQueries: [NamedQuery.sql('total_users', 'SELECT COUNT(*) AS total_users FROM randomuser_db.randomuser')],
  });
  decide(stack, 'noCopy', 'noVpc');
}

function everything(stack: Stack, governance?: Governance, vpc?: ec2.IVpc): void {
  decide(stack, 'noCopy', ...(vpc ? [] : ['noVpc' as const]));
  const secret = (id: string) => ownSecret(stack, id);
  const repos = Source.http('repos', {
    url: api('repos'),
    records: '$',
    auth: Auth.oauth2ClientCredentials(secret('Client'), { tokenUrl: 'https://login.example.com/token' }),
    pagination: Pagination.linkHeader(),
    schedule: HOURLY,
    contract: Contract.freeze(JsonSchema.fromObject({ type: 'object', required: ['name'], properties: { name: { type: 'string' } } })),
    quality: [QualityRule.rowCount({ min: 1 })],
    cataloguing: Cataloguing.crawlAlways(),
  });
  const pipeline = new DataLakePipeline(stack, 'Code', {
    governance,
    audit: Audit.cloudTrail(),
    vpc: vpc && { vpc },
    databaseName: 'code',
    workgroupName: 'analytics',
    scanLimit: Size.gibibytes(10),
    sources: [
      repos,
      Source.http('issues', {
        url: api('repos/{name}/issues'),
        records: '$',
        parent: ParentRecords.of(repos),
        transforms: [RecordTransform.hash('$.user', secret('Salt'))],
      }),
      Source.http('signed', { url: api('signed'), records: '$', auth: Auth.sigV4({ service: 'execute-api', httpApis: [HttpApi.fromHttpApiAttributes(stack, 'Api', { httpApiId: 'abc' })] }) }),
      orders(),
    ],
    qualityEngine: QualityEngine.glueDataQuality(),
    transforms: [Transform.sql('names', { query: 'SELECT name FROM repos', mode: TransformMode.fullRefresh() })],
    upkeep: TableUpkeep.schedule(HOURLY, { maxSnapshotAge: Duration.days(2) }),
    namedQueries: [NamedQuery.sql('count', 'SELECT count(*) FROM repos')],
    monitoring: {},
    lineage: {
      sinks: [
        LineageSink.http({ url: 'https://marquez.example.com/api/v1/lineage', token: secret('Marquez') }),
        LineageSink.eventBridge(events.EventBus.fromEventBusName(stack, 'Bus', 'lineage')),
        LineageSink.dataZone('dzd_4x8a2m'),
      ],
    },
  });
  pipeline.workflow.startAfter('signed', { workflow: pipeline.workflow, source: 'repos' });
  grantAll(stack, pipeline);
  if (pipeline.lake.lakeFormation) {
    grantParts(stack, pipeline);
  }
}

/** Read in windows, into a table that the template declares. */
const orders = () => Source.http('orders', {
  url: api('orders'),
  records: '$.items',
  incremental: Incremental.timeWindow({
    start: '2026-01-01T00:00:00Z', step: Duration.days(1), startTarget: TokenPlace.query('from'), endTarget: TokenPlace.query('to'),
  }),
  cataloguing: Cataloguing.explicit({
    columns: [{ name: 'id', type: 'bigint' }, { name: 'email', type: 'string' }, { name: 'country', type: 'string' }], firstPartition: '2026-01-01',
  }),
});

/** A VPC that the network's owner made: two private subnets behind a NAT gateway. */
const vpcOf = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['a', 'b'],
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
});

function imported(stack: Stack): void {
  decide(stack, 'noCopy', 'noVpc');
  const key = kms.Key.fromKeyArn(stack, 'Key', stack.formatArn({ service: 'kms', resource: 'key', resourceName: '1234abcd-12ab-34cd-56ef-1234567890ab' }));
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'the-data-lake', encryptionKey: key });
  const lake = DataLake.fromAttributes(stack, 'Lake', { bucket, databaseName: 'lake', encryptionKey: key });
  const pipeline = new DataLakePipeline(stack, 'Users', {
    lake,
    topic: sns.Topic.fromTopicArn(stack, 'Topic', stack.formatArn({ service: 'sns', resource: 'on-call' })),
    sources: [Source.http('users', {
      url: api('users'),
      records: '$.results',
      auth: Auth.bearer(secretsmanager.Secret.fromSecretNameV2(stack, 'Token', 'users/api')),
    })],
  });
  grantAll(stack, pipeline);
}

/** All that a key would encrypt, without one. */
function s3Managed(stack: Stack): void {
  const pipeline = new DataLakePipeline(stack, 'Users', {
    encryption: Encryption.s3Managed(),
    audit: Audit.cloudTrail(),
    sources: [Source.http('users', { url: api('users'), records: '$.results', schedule: HOURLY, quality: [QualityRule.rowCount({ min: 1 })] })],
    transforms: [Transform.sql('names', { query: 'SELECT name FROM users', mode: TransformMode.fullRefresh() })],
    upkeep: TableUpkeep.schedule(RunSchedule.on(ScheduleExpression.rate(Duration.days(1)))),
    monitoring: {},
    lineage: {},
  });
  decide(stack, 'noCopy', 'noVpc', 'noKey', 'noCrawlerKey');
  grantAll(stack, pipeline);
}

function shared(stack: Stack): void {
  decide(stack, 'noCopy', 'noVpc');
  const lake = new DataLake(stack, 'Lake');
  for (const name of ['users', 'orders']) {
    new DataLakePipeline(stack, name, { lake, sources: [Source.http(name, { url: api(name), records: '$' })] });
  }
}

function ownSecret(stack: Stack, id: string): secretsmanager.Secret {
  const secret = new secretsmanager.Secret(stack, id);
  decide(secret, 'defaultKey', 'noRotation');
  Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: DECISIONS.noRotation.reason });
  return secret;
}

function grantAll(stack: Stack, pipeline: DataLakePipeline): void {
  const analyst = new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() });
  const operator = new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
  pipeline.grantRead(analyst);
  pipeline.grantRun(operator);
  for (const role of [analyst, operator]) {
    decide(role, 'inlinePolicy');
    explainWildcards(role.node.findChild('DefaultPolicy') as iam.Policy);
  }
}

/** Who reads columns, rows, or what bears a tag: of the lake, only Lake Formation can give these. */
function grantParts(stack: Stack, pipeline: DataLakePipeline): void {
  const [marketing, support, partner] = ['Marketing', 'Support', 'Partner'].map((id) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() }));
  pipeline.grantRead(marketing, { table: 'orders', excludedColumns: ['email'], rowFilter: "country = 'NO'" });
  pipeline.grantRead(support, { table: 'orders', columns: ['id', 'country'] });
  const sensitivity = new LakeTag(stack, 'Sensitivity', { key: 'sensitivity', values: ['public', 'personal'] });
  pipeline.lake.lakeFormation!.tag(sensitivity, 'public');
  pipeline.lake.lakeFormation!.tag(sensitivity, 'personal', { table: 'orders', columns: ['email'] });
  pipeline.grantRead(partner, { tags: [sensitivity.anyOf('public')] });
  for (const role of [marketing, support, partner]) {
    decide(role, 'inlinePolicy');
    explainWildcards(role.node.findChild('DefaultPolicy') as iam.Policy);
  }
}

/** A stack with one of them. */
export function pipelineStack(name: string, region: string = REGIONS.aws): Stack {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test', { env: environmentOf(region) });
  PIPELINES[name](stack);
  return stack;
}
