import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { DataLakePipeline, ExtractionMetrics, ExtractorFunction, PipelineSource, RawBucket } from '../../../src';
import { EXTRACTOR_METRICS } from '../../../src/spec';
import { buildExtractor, newStack, templateOf, usersSource } from '../../support/synth';

const pipelineSource = (stack: Stack = newStack(), id = 'Users'): PipelineSource =>
  new DataLakePipeline(stack, id, { sources: [usersSource()] }).sources[0];

const named: [keyof typeof EXTRACTOR_METRICS, string, (metered: ExtractionMetrics) => cloudwatch.Metric][] = [
  ['records', 'RecordsExtracted', (metered) => metered.metricRecordsExtracted()],
  ['quarantined', 'RecordsQuarantined', (metered) => metered.metricRecordsQuarantined()],
  ['bytes', 'BytesWritten', (metered) => metered.metricBytesWritten()],
  ['pages', 'PagesRead', (metered) => metered.metricPagesRead()],
  ['retries', 'Retries', (metered) => metered.metricRetries()],
  ['waiting', 'WaitingTime', (metered) => metered.metricWaitingTime()],
  ['failures', 'FailedInvocations', (metered) => metered.metricFailedInvocations()],
];

test.each(named)('%s are the metric %s that the extractor publishes', (_key, metricName, metric) => {
  expect(metric(pipelineSource())).toMatchObject({
    namespace: 'CdkDataLakePipeline', metricName, statistic: 'Sum', dimensions: { pipeline: 'Test/Users', source: 'users' },
  });
});

test('every metric that the extractor publishes has a method', () => {
  expect(named.map(([key]) => key).sort()).toEqual(Object.keys(EXTRACTOR_METRICS).sort());
});

test('any other metric of the namespace can be had by its name, and its options set', () => {
  const metric = pipelineSource().metric('Mine', { statistic: 'max', period: Duration.hours(1), dimensionsMap: { other: 'x' } });
  expect(metric).toMatchObject({ metricName: 'Mine', statistic: 'Maximum', period: Duration.hours(1), dimensions: { other: 'x' } });
});

test('a metric knows region and account of its stack, so that no alarm elsewhere waits for it in vain', () => {
  const env = { region: 'eu-west-1', account: '111111111111' };
  const metric = pipelineSource(newStack(env)).metricRetries();
  const alarmIn = (region: string) => metric.createAlarm(newStack({ ...env, region }), 'Alarm', { threshold: 1, evaluationPeriods: 1 });

  expect(() => alarmIn('eu-west-1')).not.toThrow();
  expect(() => alarmIn('us-east-1')).toThrow(/based on metric 'Retries' in 'eu-west-1'/);
});

test('the function names the pipeline and the source as its metrics do', () => {
  const template = templateOf((stack) => pipelineSource(stack));
  const environments = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Environment?.Variables ?? {});
  const [{ PIPELINE_NAME, SOURCE_SPEC }] = environments.filter((variables) => 'SOURCE_SPEC' in variables);
  expect([PIPELINE_NAME, JSON.parse(SOURCE_SPEC).source]).toEqual(['Test/Users', 'users']);
});

test('source and extractor have the same metrics', () => {
  const source = pipelineSource();
  expect(source.extractor!.metricRetries().dimensions).toEqual(source.metricRetries().dimensions);
});

test('an extractor that stands alone has the name that it is given, or its path', () => {
  const stack = newStack();
  const bucket = new RawBucket(stack, 'Raw').bucket;
  expect(new ExtractorFunction(stack, 'Mine', { source: usersSource(), bucket, pipelineName: 'shop' }).metricRetries().dimensions).toMatchObject({ pipeline: 'shop' });
  expect(buildExtractor({}, newStack()).metricRetries().dimensions).toMatchObject({ pipeline: 'Test/Extractor' });
});

test('a path becomes what CloudWatch takes as a value: ASCII', () => {
  expect(pipelineSource(newStack(), 'Nutzerübersicht').pipelineName).toBe('Test/Nutzer_bersicht');
});

test('the name counts towards the environment that Lambda takes', () => {
  const build = (length: number) => {
    const stack = newStack();
    return new ExtractorFunction(stack, 'Mine', { source: usersSource(), bucket: new RawBucket(stack, 'Raw').bucket, pipelineName: 'x'.repeat(length) });
  };
  expect(() => build(1000)).not.toThrow();
  expect(() => build(4000)).toThrow(/\d{4} bytes of environment"; Lambda takes 4096/);
});
