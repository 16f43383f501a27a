import { cleanUp, functionFolder, hostOf } from './support';
import { invokeFunction } from '../../../cli/lambda-host';

afterEach(cleanUp);

test('answers with what an async handler returns', async () => {
  const codeDir = functionFolder('exports.handler = async (event) => ({ doubled: event.n * 2, text: "é€😀" });');
  const result = await invokeFunction({ codeDir, handler: 'index.handler', event: { n: 21 } });
  expect(result).toMatchObject({ payload: { doubled: 42, text: 'é€😀' } });
});

test('answers with what a plain handler returns, and null for nothing', async () => {
  const { host } = hostOf('exports.handler = (event) => event.nothing ? undefined : [1];');
  expect(await host.invoke({})).toMatchObject({ payload: [1] });
  expect(await host.invoke({ nothing: true })).toMatchObject({ payload: null });
});

test.each([
  ['an ES module', { 'index.mjs': 'export const handler = async () => "esm";' }, 'index.handler', 'esm'],
  ['a package of type module', { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async () => "typed";' }, 'index.handler', 'typed'],
  ['a handler in a sub-folder and an object', { 'src/app.js': 'exports.api = { run: async () => "nested" };' }, 'src/app.api.run', 'nested'],
])('loads %s', async (_what, files, handler, expected) => {
  const { host } = hostOf(files, { handler });
  expect(await host.invoke({})).toMatchObject({ payload: expected });
});

test('keeps the process warm over invocations, also after an error', async () => {
  const { host, lines } = hostOf('let n = 0; exports.handler = async (e) => { n++; if (e.fail) throw new Error("no"); return { n, pid: process.pid }; };');
  const first = await host.invoke({});
  const failed = await host.invoke({ fail: true });
  const third = await host.invoke({});
  expect(failed).toMatchObject({ status: 'error' });
  expect(third).toMatchObject({ payload: { n: 3, pid: (first as any).payload.pid } });
  expect(first.initMs).toBeGreaterThan(0);
  expect(third.initMs).toBeUndefined();
  expect(lines.filter((line) => line.includes('Init Duration'))).toHaveLength(1);
});

test('calls made at once wait for each other in one process', async () => {
  const { host } = hostOf('let busy = 0; exports.handler = async (e) => { busy++; const seen = busy; await new Promise((r) => setTimeout(r, 20)); busy--; return [e.i, seen]; };');
  const results = await Promise.all([1, 2, 3].map(async (i) => host.invoke({ i })));
  expect(results.map((result) => (result as any).payload)).toEqual([[1, 1], [2, 1], [3, 1]]);
});

test('gives the handler Lambda\'s context', async () => {
  const { host } = hostOf('exports.handler = async (_, c) => ({ ...c, remaining: c.getRemainingTimeInMillis() });', {
    functionName: 'extract', region: 'cn-north-1', memoryMb: 300, timeoutSeconds: 60,
  });
  const { payload } = await host.invoke({}, 'request-1') as any;
  expect(payload).toMatchObject({
    awsRequestId: 'request-1',
    functionName: 'extract',
    functionVersion: '$LATEST',
    memoryLimitInMB: '300',
    logGroupName: '/aws/lambda/extract',
  });
  expect(payload.invokedFunctionArn).toMatch(/^arn:aws-cn:lambda:cn-north-1:\d{12}:function:extract$/);
  expect(payload.remaining).toBeGreaterThan(50_000);
  expect(payload.remaining).toBeLessThanOrEqual(60_000);
});

test('forwards every line of both streams before it answers, between START and REPORT', async () => {
  const { host, lines } = hostOf(`exports.handler = async () => {
    console.log('one é'); console.error('two');
    process.stdout.write('many\\n'.repeat(200000));
    process.stdout.write('without an end');
  };`);
  await host.invoke({}, 'r1');
  expect(lines[0]).toBe('platform: START RequestId: r1 Version: $LATEST');
  expect(lines).toContain('stdout: one é');
  expect(lines).toContain('stderr: two');
  expect(lines.filter((line) => line === 'stdout: many')).toHaveLength(200_000);
  expect(lines).toContain('stdout: without an end');
  expect(lines[lines.length - 2]).toBe('platform: END RequestId: r1');
  expect(lines[lines.length - 1]).toMatch(/^platform: REPORT RequestId: r1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: [1-9]\d+ MB\tInit Duration: [\d.]+ ms$/);
  expect(lines.join()).not.toContain('end-of-log');
});

test('Max Memory Used is the function\'s own, however much the process that starts it holds', async () => {
  const held = Buffer.alloc(400 * 1024 * 1024, 1);
  const { host } = hostOf('exports.handler = async () => 1;');
  const { maxMemoryMb } = await host.invoke({}, 'r1');
  expect(held).toHaveLength(400 * 1024 * 1024);
  expect(maxMemoryMb).toBeGreaterThan(10);
  expect(maxMemoryMb).toBeLessThan(200);
});

test('the function sees its own variables and endpoints, and nothing of the person\'s environment', async () => {
  process.env.AWS_PROFILE = 'production';
  process.env.SECRET_OF_THE_SHELL = 'x';
  process.env.NODE_OPTIONS ??= '';
  try {
    const { host } = hostOf('exports.handler = async () => process.env;', {
      environment: { API_URL: 'https://example.com', AWS_REGION: 'overwritten' },
      overrides: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
      region: 'eu-west-1',
    });
    const { payload } = await host.invoke({}) as any;
    expect(payload).toMatchObject({
      API_URL: 'https://example.com',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      _HANDLER: 'index.handler',
      PATH: process.env.PATH,
      TZ: 'UTC',
    });
    expect(Object.keys(payload).filter((name) => /PROFILE|SECRET_OF|JEST|npm_|NODE_OPTIONS|DATALAKE/.test(name))).toEqual([]);
    expect(payload.AWS_ACCESS_KEY_ID).toBe('local');
  } finally {
    delete process.env.AWS_PROFILE;
    delete process.env.SECRET_OF_THE_SHELL;
    if (process.env.NODE_OPTIONS === '') delete process.env.NODE_OPTIONS;
  }
});

test('a folder that is not there is an error before anything starts', () => {
  expect(() => hostOf('', { codeDir: '/nowhere/asset' })).toThrow(/"function" is not there: \/nowhere\/asset/);
});
