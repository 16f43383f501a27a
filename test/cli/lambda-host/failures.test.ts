import { spawn } from 'child_process';
import { join } from 'path';
import { buildSync } from 'esbuild';
import { cleanUp, eventually, functionFolder, hostOf, isAlive } from './support';

afterEach(cleanUp);

test('an error of the handler has type, message and trace', async () => {
  const { host, lines } = hostOf('class Refused extends Error { name = "HTTP_403" } exports.handler = async () => { throw new Refused("the API said no"); };');
  const result = await host.invoke({}, 'r1') as any;
  expect(result).toMatchObject({ status: 'error', error: { errorType: 'HTTP_403', errorMessage: 'the API said no' } });
  expect(result.error.trace.join('\n')).toContain('index.js');
  expect(lines.find((line) => line.includes('Invoke Error'))).toMatch(/^stderr: .*\tr1\tERROR\tInvoke Error\t\{"errorType":"HTTP_403"/);
  expect(lines[lines.length - 1]).not.toContain('Status');
});

test.each([
  ['a thrown string', 'throw "plain"', { errorType: 'string', errorMessage: 'plain' }],
  ['a result that JSON cannot hold', 'const a = {}; a.a = a; return a', { errorType: 'Error', errorMessage: 'Unable to stringify response body' }],
])('%s is an error', async (_what, body, error) => {
  const { host } = hostOf(`exports.handler = async () => { ${body} };`);
  expect(await host.invoke({})).toMatchObject({ status: 'error', error });
});

test.each([
  ['a module that throws', 'throw new TypeError("bad start")', 'index.handler', 'TypeError', 'bad start'],
  ['a missing file', 'x', 'other.handler', 'Runtime.ImportModuleError', 'other'],
  ['a missing dependency', 'require("no-such-package")', 'index.handler', 'Runtime.ImportModuleError', "Cannot find module 'no-such-package'"],
  ['a missing export', 'exports.other = 1', 'index.handler', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
  ['an export that is no function', 'exports.handler = 1', 'index.handler', 'Runtime.HandlerNotFound', 'index.handler is not a function'],
  ['code that does not parse', 'const const', 'index.handler', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
  ['a malformed handler', 'x', 'handler', 'Runtime.MalformedHandlerName', 'Bad handler'],
  ['a callback handler', 'exports.handler = (a, b, callback) => callback()', 'index.handler', 'Runtime.CallbackHandlerDeprecated', 'callback'],
])('%s is an init error', async (_what, code, handler, errorType, message) => {
  const { host } = hostOf(code, { handler });
  const result = await host.invoke({}) as any;
  expect(result).toMatchObject({ status: 'init', error: { errorType } });
  expect(result.error.errorMessage).toContain(message);
});

test('a process that ends while it starts is a crash', async () => {
  const { host } = hostOf('process.exit(3)');
  expect(await host.invoke({})).toMatchObject({ status: 'crash', error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') } });
});

test('a start that hangs ends at the init timeout', async () => {
  const { host } = hostOf('while (true);', { initTimeoutSeconds: 0.3 });
  expect(await host.invoke({})).toMatchObject({ status: 'timeout', error: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('Init') } });
});

test.each(['await new Promise((r) => setTimeout(r, 60000))', 'while (true);'])('a timeout kills the process (%s), and the next call gets a new one', async (body) => {
  const { host, lines } = hostOf(`exports.handler = async (e) => { console.log('pid ' + process.pid); if (e.hang) { ${body} } return 'ok'; };`, { timeoutSeconds: 0.5 });
  const result = await host.invoke({ hang: true }, 'r1');
  expect(result).toMatchObject({ status: 'timeout', error: { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: r1 Error: Task timed out after 0.50 seconds' } });
  const pid = Number(/pid (\d+)/.exec(lines.join())?.[1]);
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid)).toBe(false);
  expect(lines.join('\n')).toMatch(/ r1 Task timed out after 0\.50 seconds/);
  expect(lines[lines.length - 1]).toMatch(/Status: timeout$/);
  expect(await host.invoke({})).toMatchObject({ payload: 'ok' });
});

test.each([
  ['process.exit(7)', 'Runtime exited with error: exit status 7'],
  ['process.exit(0)', 'Runtime exited without providing a reason'],
  ['process.kill(process.pid, "SIGKILL")', 'Runtime exited with error: signal: killed'],
])('a process that ends in an invocation (%s) is a crash with its last lines', async (body, message) => {
  const { host, lines } = hostOf(`exports.handler = async () => { console.log('last words'); ${body}; await new Promise((r) => setTimeout(r, 60000)); };`);
  expect(await host.invoke({}, 'r1')).toMatchObject({ status: 'crash', error: { errorType: 'Runtime.ExitError', errorMessage: `RequestId: r1 Error: ${message}` } });
  expect(lines).toContain('stdout: last words');
  expect(lines[lines.length - 1]).toMatch(/Status: error\tError Type: Runtime.ExitError$/);
});

test.each([
  ['an exception outside of the handler', 'setTimeout(() => { throw new RangeError("late"); }, 5)', { errorType: 'RangeError', errorMessage: 'late' }],
  ['a rejection that nobody handles', 'void Promise.reject(new Error("lost"))', { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' }],
])('%s fails the invocation, and the next call gets a new process', async (_what, body, error) => {
  const { host } = hostOf(`exports.handler = async (e) => { if (e.bad) { ${body}; await new Promise((r) => setTimeout(r, 60000)); } return 'ok'; };`);
  expect(await host.invoke({ bad: true })).toMatchObject({ status: 'error', error });
  expect(await host.invoke({})).toMatchObject({ payload: 'ok' });
});

test('a process that dies between two invocations is replaced', async () => {
  const { host } = hostOf('exports.handler = async (e) => { if (e.die) setTimeout(() => process.exit(1), 30); return process.pid; };');
  const { payload } = await host.invoke({ die: true }) as any;
  await eventually(() => !isAlive(payload));
  expect(await host.invoke({})).toMatchObject({ payload: expect.any(Number) });
});

test.each([
  ['the heap', 'const all = []; for (;;) all.push(new Array(1000).fill({}).map((_, i) => ({ i })));'],
  ['buffers outside of the heap', 'const all = []; for (;;) { all.push(Buffer.alloc(4194304, 1)); await new Promise((r) => setTimeout(r, 5)); }'],
])('too much memory in %s is out of memory, not a crash', async (_what, body) => {
  const { host, lines } = hostOf(`exports.handler = async () => { ${body} };`, { memoryMb: 128 });
  const result = await host.invoke({}) as any;
  expect(result).toMatchObject({ status: 'oom', error: { errorType: 'Runtime.OutOfMemory' } });
  expect(result.error.errorMessage).toContain('128 MB');
  expect(lines[lines.length - 1]).toMatch(/Error Type: Runtime.OutOfMemory$/);
});

test('an event over 6 MB is refused before it is sent', async () => {
  const { host } = hostOf('exports.handler = async (e) => e.text.length;', { memoryMb: 512 });
  const fits = 'x'.repeat(6 * 1024 * 1024 - 20);
  expect(await host.invoke({ text: fits })).toMatchObject({ payload: fits.length });
  expect(await host.invoke({ text: `${fits}${'x'.repeat(20)}` })).toMatchObject({ status: 'error', error: { errorType: 'RequestTooLargeException' } });
});

test('an answer over 6 MB is an error, and the process lives on', async () => {
  const { host } = hostOf('exports.handler = async (e) => "x".repeat(e.n);', { memoryMb: 512 });
  expect(await host.invoke({ n: 6 * 1024 * 1024 })).toMatchObject({ payload: expect.any(String) });
  const result = await host.invoke({ n: 6 * 1024 * 1024 + 200 }) as any;
  expect(result).toMatchObject({ status: 'error', error: { errorType: 'Function.ResponseSizeTooLarge' } });
  expect(result.error.errorMessage).toBe('Response payload size (6291658 bytes) exceeded maximum allowed payload size (6291556 bytes).');
  expect(await host.invoke({ n: 1 })).toMatchObject({ payload: 'x' });
});

test('closing the host ends a running invocation and its process', async () => {
  const { host, lines } = hostOf('exports.handler = async () => { console.log("pid " + process.pid); await new Promise((r) => setTimeout(r, 60000)); };');
  const running = host.invoke({});
  await eventually(() => lines.some((line) => line.includes('pid ')));
  await host.close();
  expect(await running).toMatchObject({ status: 'crash' });
  expect(isAlive(Number(/pid (\d+)/.exec(lines.join())?.[1]))).toBe(false);
});

test('no child outlives a host that is killed', async () => {
  const folder = functionFolder({
    'function/index.js': 'exports.handler = async () => { console.log("pid " + process.pid); await new Promise((r) => setTimeout(r, 60000)); };',
    'parent.ts': `import { invokeFunction } from ${JSON.stringify(join(__dirname, '../../../cli/lambda-host'))};
      void invokeFunction({ codeDir: process.argv[2], handler: 'index.handler', timeoutSeconds: 60, event: {}, onLog: console.log });`,
  });
  const bundle = { bundle: true, platform: 'node', format: 'cjs' } as const;
  buildSync({ ...bundle, entryPoints: [join(folder, 'parent.ts')], outfile: join(folder, 'parent.js') });
  buildSync({ ...bundle, entryPoints: [join(__dirname, '../../../cli/lambda-host/bootstrap.ts')], outfile: join(folder, 'bootstrap.js') });
  const parent = spawn(process.execPath, [join(folder, 'parent.js'), join(folder, 'function')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  parent.stdout.on('data', (chunk) => { output += chunk; });
  await eventually(() => /pid \d+/.test(output));
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually(() => !isAlive(pid));
});
