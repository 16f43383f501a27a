import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import * as library from '../../src';
import { pipelineStack } from '../support/pipelines';

/** Constructs that run nothing: what AWS measures of them is daily, or nothing. */
const WITHOUT = [
  'AccessLogsBucket', 'AuditTables', 'CatalogTable', 'CrawlerRole', 'CrawlerSecurity', 'DataLake', 'FunctionNetwork', 'LakeFormationGrants', 'LakeTag', 'ObjectAudit',
  'RawBucket', 'RegisteredLocations', 'ResultsBucket',
  'CatalogCrawler', // Glue publishes no metric of a crawler
  'DataLakePipeline', 'PipelineMonitoring', // of their parts: the pipeline's workflow, workgroups, sources and upkeep
];

const CONSTRUCTS = Object.entries(library as unknown as Record<string, { readonly prototype?: object }>)
  .filter(([, { prototype }]) => prototype instanceof Construct).map(([name]) => name);
const metricsOf = (construct: object): string[] => {
  const parent = Object.getPrototypeOf(construct) as object | null;
  return parent === null ? [] : [...Object.getOwnPropertyNames(construct).filter((name) => /^metric[A-Z]/.test(name)), ...metricsOf(parent)];
};
const isMeasured = (name: string) => metricsOf((library as any)[name].prototype).length > 0;

test('what runs can be measured, and nothing is excused that can', () => {
  expect(CONSTRUCTS.length).toBeGreaterThan(15);
  expect(CONSTRUCTS.filter((name) => !isMeasured(name)).sort()).toEqual([...WITHOUT].sort());
});

const stack: Stack = pipelineStack('everything on');
/** Each method of each construct once. */
const METHODS = new Map(stack.node.findAll().filter(({ constructor }) => CONSTRUCTS.includes(constructor.name))
  .flatMap((construct) => metricsOf(construct).map((method): [string, any] => [`${construct.constructor.name}.${method}`, construct])));

test.each([...METHODS])('%s makes a metric that takes options', (name, construct) => {
  const metric: cloudwatch.Metric = construct[name.split('.')[1]]({ statistic: 'p90' });
  expect(metric.statistic).toBe('p90');
  expect(metric.metricName).toMatch(/^[A-Z]\w+$/);
  expect(Object.keys(metric.dimensions ?? {}).length).toBeGreaterThan(0);
});
