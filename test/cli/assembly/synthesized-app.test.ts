import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { readAssembly } from '../../../cli/assembly/read-assembly';
import { readModel } from '../../../cli/assembly/read-model';
import { DataLakePipeline, NamedQuery, Source } from '../../../src';
import { newFolder } from '../../support/handwritten-app';

const SOURCES = [Source.http('users', { url: 'https://api.example.com/users', records: '$.results' })];

/** What the command sees of an app that aws-cdk-lib and the construct wrote. */
function modelOf(build: (app: App) => void) {
  const outdir = newFolder();
  const app = new App({ outdir });
  build(app);
  app.synth();
  return readModel(readAssembly(outdir));
}

test('reads a pipeline with nothing but defaults', () => {
  const { pipelines: [pipeline] } = modelOf((app) => new DataLakePipeline(new Stack(app, 'Lake'), 'Pipeline', { sources: SOURCES }));
  expect(pipeline.path).toBe('Lake/Pipeline');
  const [{ function: fn, crawler, table, name }] = pipeline.sources;
  expect(name).toBe('users');
  expect(existsSync(join(fn.codeDir, 'index.js'))).toBe(true);
  expect(fn.environment).toMatchObject({ API_URL: 'https://api.example.com/users', DATA_BUCKET_NAME: table.bucket });
  expect(JSON.parse(fn.environment.SOURCE_SPEC)).toMatchObject({ source: 'users', records: '$.results' });
  expect(fn.unresolved).toEqual({});
  expect(crawler).toMatchObject({ prefix: 'raw/users/', tableLevel: 3 });
  expect(table.bucket).toMatch(/^lake-pipeline/);
  expect(table.database).toMatch(/^[a-z][a-z0-9_]*$/);
  expect(pipeline.workgroup.name).not.toBe('');
});

test('reads the names that a pipeline chose, and its queries', () => {
  const { pipelines: [pipeline] } = modelOf((app) => new DataLakePipeline(new Stack(app, 'Lake'), 'Pipeline', {
    sources: SOURCES,
    databaseName: 'lake_db',
    workgroupName: 'analytics',
    namedQueries: [NamedQuery.sql('total', 'SELECT count(*) FROM lake_db.users')],
  }));
  expect(pipeline.sources[0].table.database).toBe('lake_db');
  expect(pipeline.workgroup).toMatchObject({ name: 'analytics', queries: [{ name: 'total', database: 'lake_db', sql: 'SELECT count(*) FROM lake_db.users' }] });
});

test("follows a bucket into another stack, and keeps two stages' lakes apart", () => {
  const { pipelines } = modelOf((app) => {
    for (const name of ['Dev', 'Prod']) {
      const stage = new Stage(app, name);
      const bucket = new Bucket(new Stack(stage, 'Storage'), 'Data');
      new DataLakePipeline(new Stack(stage, 'Lake'), 'Pipeline', { sources: SOURCES, bucket });
    }
  });
  expect(pipelines.map((one) => one.stack)).toMatchObject([{ id: 'Dev/Lake', name: 'Dev-Lake' }, { id: 'Prod/Lake', name: 'Prod-Lake' }]);
  const buckets = pipelines.map((one) => one.sources[0].function.environment.DATA_BUCKET_NAME);
  expect(buckets[0]).toMatch(/^dev-storage-data/);
  expect(buckets[1]).toMatch(/^prod-storage-data/);
  expect(pipelines[0].sources[0].table.bucket).toBe(buckets[0]);
});
