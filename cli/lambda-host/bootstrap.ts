/**
 * Runs in the child process, as Lambda's Node runtime does in the sandbox: loads the handler once, then asks the
 * Runtime API for one invocation after the other.
 */
import { createContext } from './context';
import { RuntimeError, toFunctionError } from './function-error';
import { Handler, loadHandler } from './load-handler';
import { ENV_LOG_MARKER, FunctionError, HEADER_REQUEST_ID } from './protocol';
import { Invocation, RuntimeClient } from './runtime-client';

const marker = take(ENV_LOG_MARKER);
const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API ?? '');
/** Id of the invocation under way. */
let current: string | undefined;

/** Reads what the function itself must not see. */
function take(name: string): string {
  const value = process.env[name] ?? '';
  delete process.env[name];
  return value;
}

async function main(): Promise<void> {
  const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? '.', process.env._HANDLER ?? '');
  for (;;) {
    const invocation = await client.next().catch(() => process.exit(1)); // the host is gone
    current = String(invocation.headers[HEADER_REQUEST_ID]);
    await handle(handler, invocation, current);
    current = undefined;
  }
}

async function handle(handler: Handler, invocation: Invocation, requestId: string): Promise<void> {
  let body: string;
  try {
    body = stringify(await handler(JSON.parse(invocation.body), createContext(invocation)));
  } catch (thrown) {
    return report(toFunctionError(thrown), 'Invoke Error');
  }
  await endOfLog();
  await client.respond(requestId, body);
}

function stringify(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

async function report(error: FunctionError, what: string): Promise<void> {
  const { trace: stack, ...rest } = error;
  console.error(`${new Date().toISOString()}\t${current ?? 'undefined'}\tERROR\t${what}\t${JSON.stringify({ ...rest, stack })}`);
  await endOfLog();
  await (current === undefined ? client.failInit(error) : client.fail(current, error));
}

/** Tells the host that both streams hold all that was logged until now. */
async function endOfLog(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(async (stream) =>
    new Promise<void>((done) => { stream.write(`${marker}\n`, () => done()); })));
}

function die(error: FunctionError, what: string, exitCode: number): void {
  void report(error, what).catch(() => undefined).finally(() => process.exit(exitCode));
}

process.on('uncaughtException', (error) => die(toFunctionError(error), 'Uncaught Exception', 129));
process.on('unhandledRejection', (reason) =>
  die(toFunctionError(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason))), 'Unhandled Promise Rejection', 128));

// The host holds the other end: no child outlives it.
process.stdin.on('end', () => process.exit(1)).on('error', () => process.exit(1)).resume();

main().catch((error) => die(toFunctionError(error), 'Uncaught Exception', 1));
