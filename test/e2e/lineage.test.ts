import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DataLakePipeline, LineageSink, QualityRule, Transform, TransformMode } from '../../src';
import { datalake } from '../support/datalake-bin';
import { HostileServer, json } from '../support/hostile-server';
import { openLineageErrors, schemasAreHere } from '../support/open-lineage-schemas';
import { newStack, usersSource } from '../support/synth';

let folder: string;
let api: HostileServer;
let marquez: HostileServer;

/** An app that tells its lineage to the lake and to a sink. */
beforeAll(async () => {
  const users = [{ id: 1, country: 'NO' }, { id: 2, country: 'NO' }, { id: 3, country: 'CH' }];
  api = await HostileServer.start(Array.from({ length: 3 }, () => json({ results: users })));
  marquez = await HostileServer.start([json({})]);
  folder = mkdtempSync(join(tmpdir(), 'lineage-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  const pipeline = new DataLakePipeline(stack, 'Users', {
    databaseName: 'users_db',
    sources: [usersSource({ quality: [QualityRule.isUnique('id')] })],
    transforms: [Transform.sql('by_country', { query: 'SELECT country, count(id) AS n FROM users GROUP BY country', mode: TransformMode.fullRefresh() })],
    lineage: { sinks: [LineageSink.http({ url: `${marquez.origin}/api/v1/lineage` })] },
  });
  expect(pipeline.workflow.lineageFunction).toBeDefined();
  App.of(stack)!.synth();
});

afterAll(async () => {
  await api.close();
  await marquez.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = () => datalake(['run', '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', '--url', `users=${api.origin}/`], { cwd: folder });

const events = (): any[] => readdirSync(join(folder, 'lake'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.parentPath.includes('_lineage') && /\.(START|END)\.json$/.test(entry.name))
  .map(({ parentPath, name }) => JSON.parse(readFileSync(join(parentPath, name), 'utf8')));

test('the workflow that deploys tells every step on the laptop, and keeps it in the lake', async () => {
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([0, expect.anything()]);
  const told = events();
  const ended = told.filter(({ eventType }) => eventType !== 'START').map(({ eventType, job }) => `${job.name.split('.').slice(1).join('.')} ${eventType}`);
  expect(ended.sort()).toEqual([
    'users COMPLETE', 'users.catalogue COMPLETE', 'users.extract COMPLETE', 'users.quality COMPLETE', 'users.transform.by_country COMPLETE',
  ]);
  expect(told).toHaveLength(10);
  const of = (name: string) => told.find(({ job, eventType }) => job.name.endsWith(name) && eventType === 'COMPLETE');
  expect(of('.extract').outputs[0].outputFacets.outputStatistics).toMatchObject({ rowCount: 3 });
  expect(of('.quality').inputs[0].inputFacets.dataQualityAssertions.assertions).toEqual([expect.objectContaining({ success: true })]);
  expect(Object.keys(of('.by_country').outputs[0].facets.columnLineage.fields)).toEqual(['country', 'n']);
  if (schemasAreHere) {
    expect(told.flatMap(openLineageErrors)).toEqual([]);
  }
});

test('what a laptop tries is told to no sink', () => {
  expect(marquez.received).toEqual([]);
});
