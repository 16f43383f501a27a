import { readFileSync, realpathSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { datalake, Ended } from '../../support/datalake-bin';
import { handwrittenAssembly, handwrittenTemplate, newFolder, writeFiles } from '../../support/handwritten-app';

/** An app that writes the handwritten assembly as aws-cdk-lib would, and counts how often it ran. */
const APP = `
const fs = require('node:fs'), path = require('node:path');
const files = JSON.parse(fs.readFileSync(path.join(__dirname, 'node_modules/files.json')));
for (const [name, content] of Object.entries(files)) {
  const file = path.join(process.env.CDK_OUTDIR, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}
fs.appendFileSync(path.join(__dirname, 'node_modules/ran.log'), JSON.stringify({ argv: process.argv.slice(2), context: process.env.CDK_CONTEXT_JSON, overflow: process.env.CONTEXT_OVERFLOW_LOCATION && fs.readFileSync(process.env.CONTEXT_OVERFLOW_LOCATION, 'utf8'), region: process.env.CDK_DEFAULT_REGION, cwd: process.cwd() }) + '\\n');
`;

function newApp(cdkJson: object = {}): string {
  return writeFiles(newFolder(), {
    'cdk.json': { app: 'node app.js', ...cdkJson },
    'app.js': APP,
    'lib/stack.js': '// a source of the app',
    'node_modules/files.json': handwrittenAssembly(handwrittenTemplate([{ name: 'users', url: 'http://127.0.0.1:1/rows/1' }])),
  });
}

/** A verb that reads the assembly and then fails, because there is no lake: quick. */
const status = async (cwd: string, args: string[] = [], env: Record<string, string> = {}): Promise<Ended> => datalake(['status', '--local', ...args], { cwd, env });

const runsOf = (cwd: string) => readFileSync(join(cwd, 'node_modules/ran.log'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, any>);

const touch = (path: string) => {
  const later = new Date(Date.now() + 5000);
  utimesSync(path, later, later);
};

test('synthesizes when there is no assembly, and not again while nothing has changed', async () => {
  const cwd = newApp();
  const first = await status(cwd);
  expect(first.stderr).toMatch(/Synthesizing the app: node app.js[\s\S]*there is no lake/);
  const second = await status(cwd);
  expect(second.stderr).not.toMatch(/Synthesizing/);
  expect(second.stderr).toMatch(/there is no lake/);
  expect(runsOf(cwd)).toHaveLength(1);
});

test.each(['lib/stack.js', 'cdk.json'])('synthesizes again when %s is newer', async (name) => {
  const cwd = newApp();
  await status(cwd);
  touch(join(cwd, name));
  await status(cwd);
  expect(runsOf(cwd)).toHaveLength(2);
});

test('does not take installed packages or the lake for sources', async () => {
  const cwd = newApp();
  await status(cwd);
  writeFiles(cwd, { 'node_modules/other.js': '', '.datalake/other': '', 'my-lake/s3/x': '' });
  ['node_modules/other.js', '.datalake/other', 'my-lake/s3/x'].forEach((name) => touch(join(cwd, name)));
  await status(cwd, ['--lake', 'my-lake']);
  expect(runsOf(cwd)).toHaveLength(1);
});

test('synthesizes again for another --app, and again without it', async () => {
  const cwd = newApp();
  await status(cwd);
  await status(cwd, ['--app', 'node app.js other']);
  await status(cwd, ['--app', 'node app.js other']);
  await status(cwd);
  expect(runsOf(cwd).map((run) => run.argv)).toEqual([[], ['other'], []]);
});

test("gives the app what the CDK's own command gives it", async () => {
  const cwd = newApp({ context: { fromCdkJson: 1, both: 'cdk.json' } });
  writeFiles(cwd, { 'cdk.context.json': { both: 'cdk.context.json' } });
  await status(cwd, [], { AWS_REGION: 'eu-north-1' });
  const [run] = runsOf(cwd);
  expect(JSON.parse(run.context)).toMatchObject({ 'fromCdkJson': 1, 'both': 'cdk.context.json', 'aws:cdk:enable-asset-metadata': true });
  expect(run).toMatchObject({ region: 'eu-north-1', cwd: realpathSync(cwd) });
});

test('hands over a context that is too large for the environment', async () => {
  const cwd = newApp({ context: { large: 'x'.repeat(200_000) } });
  await status(cwd);
  expect(JSON.parse(runsOf(cwd)[0].overflow).large).toHaveLength(200_000);
});

test("ends with 1 and the app's own words when it fails", async () => {
  const cwd = newApp();
  writeFiles(cwd, { 'app.js': "console.error('Error: sources: got [], expected at least one'); process.exit(3);" });
  const { code, stdout, stderr } = await status(cwd, ['--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'SYNTH_FAILED', message: expect.stringMatching(/ended with 3:\nError: sources: got \[\]/) });
  expect(stderr).toMatch(/sources: got \[\]/);
});

test('takes an app that is an assembly', async () => {
  const cwd = newApp({ app: 'ready.out' });
  writeFiles(join(cwd, 'ready.out'), handwrittenAssembly(handwrittenTemplate([{ name: 'users', url: 'x' }])));
  expect((await status(cwd)).stderr).toMatch(/there is no lake/);
});

test('says so when the app holds no pipeline', async () => {
  const cwd = newApp();
  writeFiles(cwd, { 'node_modules/files.json': handwrittenAssembly({ Resources: {} }) });
  expect(await status(cwd)).toMatchObject({ code: 1, stderr: expect.stringMatching(/holds no DataLakePipeline/) });
});

test.each([['{"app": ', /cdk.json/], ['{}', /names no "app"/]])('refuses a cdk.json like %s', async (text, message) => {
  const cwd = newApp();
  rmSync(join(cwd, 'cdk.json'));
  writeFiles(cwd, { 'cdk.json': text });
  const { code, stderr } = await status(cwd);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toMatch(message);
});
