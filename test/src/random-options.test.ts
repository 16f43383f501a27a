import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as fc from 'fast-check';
import { Audit, Auth, Cataloguing, DataLakePipeline, Encryption, Governance, Pagination, QualityEngine, QualityRule, RunSchedule, Transform, TransformMode, WriteMode } from '../../src';
import { ruleViolations } from '../support/own-rules';
import { usersSource } from '../support/synth';

const RUNS = 60;

const sourceOptions = fc.record({
  schedule: fc.boolean(),
  secret: fc.boolean(),
  quality: fc.boolean(),
  append: fc.boolean(),
  pages: fc.constantFrom('none', 'number', 'link'),
  crawlAlways: fc.boolean(),
});
const pipelineOptions = fc.record({
  sources: fc.array(sourceOptions, { minLength: 1, maxLength: 4 }),
  governance: fc.constantFrom('lakeFormation', 'noSettings', 'hybrid', 'iam'),
  encryption: fc.constantFrom('default', 'customerManaged', 's3Managed'),
  audit: fc.constantFrom('none', 'accessLogs', 'cloudTrail'),
  glueQuality: fc.boolean(),
  lineage: fc.boolean(),
  monitoring: fc.boolean(),
  transform: fc.boolean(),
  vpc: fc.constantFrom('none', 'endpoints', 'noEndpoints'),
  memorySize: fc.integer({ min: 128, max: 10240 }),
  scanLimit: fc.integer({ min: 10, max: 1_000_000 }),
  named: fc.boolean(),
  region: fc.constantFrom('eu-west-1', 'us-gov-west-1', 'cn-north-1', undefined),
});
type Options = typeof pipelineOptions extends fc.Arbitrary<infer T> ? T : never;

const GOVERNANCE = {
  lakeFormation: Governance.lakeFormation(),
  noSettings: Governance.lakeFormation({ dataLakeSettings: false }),
  hybrid: Governance.lakeFormation({ hybridAccess: true }),
  iam: Governance.iam(),
};
const ENCRYPTION = { default: undefined, customerManaged: Encryption.customerManaged(), s3Managed: Encryption.s3Managed() };
const AUDIT = { none: undefined, accessLogs: Audit.accessLogs(), cloudTrail: Audit.cloudTrail() };
const PAGES = { none: undefined, number: Pagination.pageNumber({ param: 'page' }), link: Pagination.linkHeader() };

function synthesize(options: Options, broken: object = {}): Template {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test', { env: options.region ? { account: '111111111111', region: options.region } : undefined });
  const source = (each: Options['sources'][number], i: number) => usersSource({
    schedule: each.schedule ? RunSchedule.on(ScheduleExpression.rate(Duration.hours(i + 1))) : undefined,
    auth: each.secret ? Auth.bearer(secretsmanager.Secret.fromSecretNameV2(stack, `Secret${i}`, 'api')) : undefined,
    quality: each.quality ? [QualityRule.rowCount({ min: 1 })] : undefined,
    writeMode: each.append ? WriteMode.append() : undefined,
    pagination: PAGES[each.pages as keyof typeof PAGES],
    cataloguing: each.crawlAlways ? Cataloguing.crawlAlways() : undefined,
  }, `source_${i}`);
  const vpc = options.vpc === 'none' ? undefined : { vpc: new ec2.Vpc(stack, 'Vpc'), createEndpoints: options.vpc === 'endpoints' };
  new DataLakePipeline(stack, 'Users', {
    sources: options.sources.map(source),
    governance: GOVERNANCE[options.governance as keyof typeof GOVERNANCE],
    encryption: ENCRYPTION[options.encryption as keyof typeof ENCRYPTION],
    audit: AUDIT[options.audit as keyof typeof AUDIT],
    qualityEngine: options.glueQuality ? QualityEngine.glueDataQuality() : undefined,
    lineage: options.lineage ? {} : undefined,
    monitoring: options.monitoring ? {} : undefined,
    transforms: options.transform ? [Transform.sql('made', { query: 'SELECT id FROM source_0', mode: TransformMode.fullRefresh() })] : undefined,
    vpc,
    extractor: { memorySize: options.memorySize },
    scanLimit: Size.mebibytes(options.scanLimit),
    ...(options.named ? { databaseName: 'named_db', workgroupName: 'named' } : {}),
    ...broken,
  });
  return Template.fromStack(stack);
}

test('random valid options make a template that keeps our rules', () => {
  let seen = 0;
  fc.assert(fc.property(pipelineOptions, (options) => {
    const template = synthesize(options).toJSON();
    seen = Math.max(seen, Object.keys(template.Resources).length);
    expect(ruleViolations(template)).toEqual([]);
  }), { numRuns: RUNS, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false });
  expect(seen).toBeGreaterThan(40);
});

/** One wrong value among right ones: the error names its option, whatever else is set. */
const WRONG: [string, fc.Arbitrary<object>, RegExp][] = [
  ['memorySize', fc.oneof(fc.integer({ max: 127 }), fc.integer({ min: 10241 })).map((memorySize) => ({ extractor: { memorySize } })), /memorySize: got/],
  ['timeout', fc.integer({ min: 901, max: 100_000 }).map((seconds) => ({ extractor: { timeout: Duration.seconds(seconds) } })), /timeout: got/],
  ['scanLimit', fc.integer({ min: 0, max: 10 * 1024 * 1024 - 1 }).map((bytes) => ({ scanLimit: Size.bytes(bytes) })), /scanLimit: got/],
  ['databaseName', fc.stringMatching(/^[A-Z][a-z-]{1,20}$/).map((databaseName) => ({ databaseName })), /databaseName: got/],
  ['workgroupName', fc.stringMatching(/^[a-z]{1,5}[ /:@]{1,3}$/).map((workgroupName) => ({ workgroupName })), /workgroupName: got/],
];

test.each(WRONG)('a wrong %s fails and is named, whatever else is set', (_, wrong, message) => {
  fc.assert(fc.property(pipelineOptions, wrong, (options, broken) => {
    expect(() => synthesize(options, broken)).toThrow(message);
  }), { numRuns: 8, interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false });
});
