import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { DataLakePipeline, Pagination, ParentRecords, Source } from '../../src';
import { datalake } from '../support/datalake-bin';
import { newFolder } from '../support/handwritten-app';
import { HostileServer, status } from '../support/hostile-server';
import { issuesAsked, repo, ReposApi } from '../support/repos-api';

process.env.CDK_VALIDATION = 'false';

const LOCAL = ['--local', '--assembly', 'cdk.out', '--json'];
const JOIN = `SELECT r.name, r.stars, count(i.id) AS issues FROM repos r LEFT JOIN issues i ON i._repos_name = r.name
  GROUP BY r.name, r.stars ORDER BY r.name`;

let cwd: string;
let api: ReposApi;
let server: HostileServer;

beforeEach(async () => {
  api = new ReposApi([repo('a/b', 3, { stars: 1 }), repo('c', 0, { stars: 2 }), repo('d', 5, { stars: 3 })]);
  server = await HostileServer.start([api.behaviour]);
  cwd = newFolder();
  const app = new App({ outdir: join(cwd, 'cdk.out'), analyticsReporting: false });
  const repos = Source.http('repos', { url: `${server.origin}/repos`, records: '$.results', retry: { maxAttempts: 1 } });
  const issues = Source.http('issues', {
    url: `${server.origin}/repos/{name}/issues`,
    records: '$.results',
    parent: ParentRecords.of(repos),
    pagination: Pagination.pageNumber({ param: 'page', stablePages: true }),
  });
  // The child stands first: the command must find the order by itself.
  new DataLakePipeline(new Stack(app, 'Lake'), 'Lake', { databaseName: 'lake_db', sources: [issues, repos] });
  app.synth();
});

afterEach(() => server.close());

test('a laptop runs the parent, then its child, and joins their tables', async () => {
  const { code, stdout, stderr } = await datalake(['run', ...LOCAL], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout).runs.map((run: { source: string; records: number }) => [run.source, run.records])).toEqual([['repos', 3], ['issues', 8]]);
  expect(issuesAsked(server.received)).toEqual(['a/b 1', 'a/b 2', 'a/b 3', 'c 1', 'd 1', 'd 2', 'd 3', 'd 4']);
  const answer = await datalake(['query', ...LOCAL, JOIN], { cwd });
  expect(JSON.parse(answer.stdout).rows).toEqual([['a/b', '1', '3'], ['c', '2', '0'], ['d', '3', '5']]);
});

test('a child alone asks for the records that its parent committed last', async () => {
  await datalake(['run', 'repos', ...LOCAL], { cwd });
  api.repos = [repo('d', 1)];
  server.received.splice(0);
  const { code, stdout } = await datalake(['run', 'issues', ...LOCAL], { cwd });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'HTTP_404', message: expect.stringMatching(/record 1 of the parent "repos"/) });
  expect(issuesAsked(server.received)).toEqual(['a/b 1']);
});

test('a child whose parent has never run, or failed just now, does not run, and says why', async () => {
  const alone = await datalake(['run', 'issues', ...LOCAL], { cwd });
  expect(JSON.parse(alone.stdout).error).toMatchObject({ source: 'issues', code: 'PARENT_NOT_READ', message: expect.stringMatching(/"repos" has committed nothing yet/) });
  await datalake(['run', ...LOCAL], { cwd });
  server.received.splice(0);
  const failing = await HostileServer.start([status(403)]);
  const { code, stdout } = await datalake(['run', ...LOCAL, '--url', `repos=${failing.origin}/repos`], { cwd });
  await failing.close();
  expect(code).toBe(1);
  expect(server.received).toEqual([]);
  expect(stdout).toMatch(/"issues\\" was not run, because its parent \\"repos\\" failed \(HTTP_403\)/);
});
