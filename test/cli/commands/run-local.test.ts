import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { datalake } from '../../support/datalake-bin';
import { handwrittenApp, newFolder, writeFiles } from '../../support/handwritten-app';

const users = (path: string) => ({ name: 'users', url: `http://127.0.0.1:1${path}` });
const LOCAL = ['--local', '--assembly', 'cdk.out'];

test('prints one JSON document with a run for every source, and nothing else on stdout', async () => {
  const cwd = handwrittenApp(users('/rows/3'), { name: 'orders', url: 'http://127.0.0.1:1/rows/2' });
  const { code, stdout } = await datalake(['run', ...LOCAL, '--json'], { cwd });
  expect(code).toBe(0);
  const { ok, runs } = JSON.parse(stdout) as { ok: boolean; runs: Record<string, unknown>[] };
  expect(ok).toBe(true);
  expect(runs.map((run) => [run.source, run.records, run.quarantined, run.parts, run.pages])).toEqual([['users', 3, 0, 1, 1], ['orders', 2, 0, 1, 1]]);
  expect(runs[0].runId).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
  expect(runs[0].bytes).toBeGreaterThan(0);
  expect(runs[0].durationMs).toBeGreaterThan(0);
});

test('runs only the sources named', async () => {
  const cwd = handwrittenApp(users('/rows/3'), { name: 'orders', url: 'http://127.0.0.1:1/rows/2' });
  const { stdout } = await datalake(['run', 'orders', ...LOCAL, '--json'], { cwd });
  expect(JSON.parse(stdout).runs.map((run: { source: string }) => run.source)).toEqual(['orders']);
});

test('catalogues the table after the run; a second run with the same columns still finds it', async () => {
  const cwd = handwrittenApp(users('/rows/3'));
  await datalake(['run', ...LOCAL], { cwd });
  const table = JSON.parse(readFileSync(join(cwd, '.datalake/catalog/lake_db/users.json'), 'utf8'));
  expect(table.table.StorageDescriptor.Columns.map((column: { Name: string }) => column.Name)).toEqual(['n', 'who']);
  expect(table.partitions[0].Values).toEqual(['2026-01-02']);
});

test('invoke extracts without a table', async () => {
  const cwd = handwrittenApp(users('/rows/3'));
  const { code } = await datalake(['invoke', 'users', ...LOCAL], { cwd });
  expect(code).toBe(0);
  expect(existsSync(join(cwd, '.datalake/catalog'))).toBe(false);
  expect(existsSync(join(cwd, '.datalake/s3/lake-bucket/raw/users'))).toBe(true);
});

test('calls the function again with the same run until it is done', async () => {
  const cwd = handwrittenApp(users('/rows/3/in/3'));
  const { code, stdout, stderr } = await datalake(['run', ...LOCAL, '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).runs[0].pages).toBe(3);
  expect(stderr).toBe('');
});

test('says on plain lines what happens, and the next command at the end', async () => {
  const cwd = handwrittenApp(users('/rows/3'));
  const { stdout, stderr } = await datalake(['run', ...LOCAL], { cwd });
  expect(stderr).toMatch(/^users: extract \(run .*\)$/m);
  expect(stderr).toMatch(/^users: 1 page, 3 records, 10 B$/m);
  expect(stderr.trim().split('\n').at(-1)).toBe('Next: datalake query --local --named how_many');
  expect(stdout).toMatch(/│ users +│ +3 │/);
});

test('asks another endpoint with --url, which also stands in for one that only a deployed stack knows', async () => {
  const cwd = handwrittenApp({ name: 'users', url: { 'Fn::GetAtt': ['Database', 'Endpoint'] } });
  const failed = await datalake(['run', ...LOCAL], { cwd });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/API_URL: .*"Endpoint" of Database .* before the stack is deployed[\s\S]*Next: give its endpoint: --url users=URL/);
  const { code, stdout } = await datalake(['run', ...LOCAL, '--json', '--url', 'users=http://127.0.0.1:1/rows/5'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).runs[0].records).toBe(5);
});

test('gives the function the endpoint of the local S3 and nothing of the AWS credentials of the person', async () => {
  const cwd = handwrittenApp(users('/env'));
  await datalake(['run', ...LOCAL], { cwd, env: { AWS_SECRET_ACCESS_KEY: 'very-secret', AWS_PROFILE: 'prod', AWS_REGION: 'eu-west-1' } });
  const folder = join(cwd, '.datalake/s3/lake-bucket/raw/users/ingestion_date=2026-01-02');
  const text = gunzipSync(readFileSync(join(folder, readdirSync(folder)[0]))).toString();
  expect(JSON.parse(text)).toMatchObject({ AWS_ENDPOINT_URL_S3: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), AWS_REGION: 'eu-west-1', COMMIT_QUIET_SECONDS: '0' });
  expect(text).not.toMatch(/very-secret|prod/);
});

test.each([['http://localhost:1/env', 'localhost'], ['https://api.example.com/env', undefined]])('allows the host of %s in the function: %s', async (url, host) => {
  const cwd = handwrittenApp(users('/rows/1'));
  await datalake(['run', ...LOCAL, '--url', `users=${url}`], { cwd, env: { EXTRACTOR_ALLOWED_HOSTS: '10.0.0.1' } });
  const folder = join(cwd, '.datalake/s3/lake-bucket/raw/users/ingestion_date=2026-01-02');
  const environment = JSON.parse(gunzipSync(readFileSync(join(folder, readdirSync(folder)[0]))).toString()) as Record<string, string>;
  expect(environment.API_URL).toBe(url);
  expect(environment.EXTRACTOR_ALLOWED_HOSTS).toBe(host);
});

test('keeps the lines that become metrics in AWS in the log, and shows none', async () => {
  const cwd = handwrittenApp(users('/rows/3'));
  const { stdout, stderr } = await datalake(['run', ...LOCAL], { cwd });
  const logs = join(cwd, '.datalake/logs/users');
  expect(readFileSync(join(logs, readdirSync(logs)[0]), 'utf8')).toContain('"_aws":{"CloudWatchMetrics"');
  expect(stdout + stderr).not.toContain('_aws');
});

describe('when a source fails', () => {
  test('the others still run, the failure comes last with its log, and the exit code is 1', async () => {
    const cwd = handwrittenApp(users('/throw/MALFORMED_RESPONSE'), { name: 'orders', url: 'http://127.0.0.1:1/rows/2' });
    const { code, stdout, stderr } = await datalake(['run', ...LOCAL], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/│ orders/);
    const [failed, next] = stderr.trim().split('\n').slice(-2);
    expect(failed).toBe('Failed: users, extract (MALFORMED_RESPONSE): the API said no');
    const log = /Next: read (.*\.log), then run `datalake run --local users` again/.exec(next)?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toMatch(/MALFORMED_RESPONSE/);
  });

  test('--json still is one document, with the code, the place and the runs that went well', async () => {
    const cwd = handwrittenApp(users('/throw/HTTP_403'), { name: 'orders', url: 'http://127.0.0.1:1/rows/2' });
    const { code, stdout } = await datalake(['run', ...LOCAL, '--json'], { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      runs: [{ source: 'orders' }],
      error: { source: 'users', code: 'HTTP_403', message: 'the API said no', details: { page: 3, retryable: false } },
    });
  });

  test('a run that another one holds up is tried again', async () => {
    const cwd = handwrittenApp(users('/busy/1'));
    const { code, stderr } = await datalake(['run', ...LOCAL], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/users: BUSY, trying again/);
  });

  test('a function that exits, or takes too long, is reported as Lambda does', async () => {
    const cwd = handwrittenApp(users('/exit'), { name: 'slow', url: 'http://127.0.0.1:1/hang', timeout: 1 });
    const { code, stderr } = await datalake(['run', ...LOCAL], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Failed: users, extract \(Runtime\.ExitError\): .*exit status 7/);
    expect(stderr).toMatch(/Failed: slow, extract \(Sandbox\.Timedout\): .*timed out after 1\.00 seconds\nNext: raise the source's timeout above 1 s/);
  });
});

describe('refuses', () => {
  const refused = async (args: string[], cwd = handwrittenApp(users('/rows/1'))) => {
    const ended = await datalake([...args, '--json'], { cwd });
    return { code: ended.code, error: JSON.parse(ended.stdout).error as { code: string; message: string }, lake: existsSync(join(cwd, '.datalake')) };
  };

  test('an unknown source, naming the known ones', async () => {
    expect(await refused(['run', 'user', ...LOCAL])).toMatchObject({
      code: 2, lake: false, error: { code: 'UNKNOWN_SOURCE', message: 'there is no source "user"; sources: users' },
    });
  });

  test('an unknown source in --url', async () => {
    expect(await refused(['run', ...LOCAL, '--url', 'user=http://127.0.0.1/'])).toMatchObject({ code: 2, lake: false, error: { code: 'UNKNOWN_SOURCE' } });
  });

  test('a --url that is none', async () => {
    expect(await refused(['run', ...LOCAL, '--url', 'users'])).toMatchObject({ code: 2, error: { code: 'USAGE', message: expect.stringMatching(/SOURCE=URL/) } });
  });

  test('--url without --local', async () => {
    expect(await refused(['run', '--assembly', 'cdk.out', '--url', 'users=http://127.0.0.1/'])).toMatchObject({ code: 2, error: { code: 'USAGE' } });
  });

  test('an unknown verb and an unknown flag', async () => {
    expect(await refused(['rnu'])).toMatchObject({ code: 2, error: { code: 'USAGE' } });
    expect(await refused(['run', '--locl'])).toMatchObject({ code: 2, error: { code: 'USAGE', message: expect.stringMatching(/--locl/) } });
  });

  test('a source that stands in two pipelines, until one is chosen', async () => {
    const cwd = handwrittenApp(users('/rows/1'));
    const path = join(cwd, 'cdk.out/Lake.template.json');
    const template = JSON.parse(readFileSync(path, 'utf8'));
    const pipelines = template.Metadata['cdk-data-lake-pipeline'].pipelines;
    pipelines['Lake/Other'] = pipelines['Lake/Pipeline'];
    writeFiles(cwd, { 'cdk.out/Lake.template.json': template });
    expect(await refused(['run', ...LOCAL], cwd)).toMatchObject({ code: 2, error: { code: 'AMBIGUOUS_SOURCE', message: expect.stringMatching(/Lake\/Pipeline, Lake\/Other/) } });
    expect((await datalake(['run', ...LOCAL, '--pipeline', 'Other'], { cwd })).code).toBe(0);
  });

  test('a port that another program has taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const { port } = other.address() as AddressInfo;
    const cwd = handwrittenApp(users('/rows/1'));
    const args = ['run', ...LOCAL, '--port', String(port)];
    const occupied = await refused(args, cwd);
    await new Promise((done) => other.close(done));
    expect(occupied).toMatchObject({ code: 1, error: { code: 'PORT_IN_USE', message: expect.stringMatching(new RegExp(`port ${port} `)) } });
    expect((await datalake(args, { cwd })).code).toBe(0);
  });

  test('a lake of another version, and leaves it as it was', async () => {
    const cwd = handwrittenApp(users('/rows/1'));
    writeFiles(cwd, { '.datalake/version.json': { version: 2 }, '.datalake/s3/b/k': 'data' });
    expect(await refused(['run', ...LOCAL], cwd)).toMatchObject({ code: 1, error: { code: 'LAKE_VERSION', message: expect.stringMatching(/version 2, .* version 1/) } });
    expect(await refused(['clean', '--local'], cwd)).toMatchObject({ code: 1, error: { code: 'LAKE_VERSION' } });
    expect(readdirSync(join(cwd, '.datalake'))).toEqual(['s3', 'version.json']);
    expect(readFileSync(join(cwd, '.datalake/s3/b/k'), 'utf8')).toBe('data');
  });

  test("a folder of someone else's as the lake", async () => {
    const cwd = handwrittenApp(users('/rows/1'));
    writeFiles(cwd, { 'photos/cat.jpg': 'x' });
    expect(await refused(['run', ...LOCAL, '--lake', 'photos'], cwd)).toMatchObject({ code: 2, error: { code: 'LAKE_FOREIGN' } });
    expect(await refused(['clean', '--local', '--lake', 'photos'], cwd)).toMatchObject({ code: 2, error: { code: 'LAKE_FOREIGN' } });
    expect(readdirSync(join(cwd, 'photos'))).toEqual(['cat.jpg']);
  });

  test('a folder without cdk.json', async () => {
    expect(await refused(['run', '--local'], newFolder())).toMatchObject({ code: 2, error: { code: 'APP_NOT_FOUND', message: expect.stringMatching(/no cdk.json in/) } });
  });

  test('an assembly that cannot be read', async () => {
    const cwd = handwrittenApp(users('/rows/1'));
    writeFiles(cwd, { 'cdk.out/Lake.template.json': '{"Resources": {' });
    expect(await refused(['run', ...LOCAL], cwd)).toMatchObject({ code: 1, lake: false, error: { code: 'ASSEMBLY_UNREADABLE', message: expect.stringMatching(/Lake\.template\.json/) } });
  });
});

test('--version and --help end with 0, no verb with 2', async () => {
  const cwd = newFolder();
  expect(await datalake(['--version'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await datalake(['query', '--help'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/Usage: datalake query[\s\S]*--named/) });
  expect(await datalake([], { cwd })).toMatchObject({ code: 2, stdout: '' });
});
