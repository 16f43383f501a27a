import { existsSync } from 'fs';
import { createRequire } from 'module';
import { join, resolve } from 'path';
import { pathToFileURL } from 'url';
import { RuntimeError } from './function-error';

export type Handler = (event: unknown, context: unknown) => unknown;

/** Loads `module.export` from the function's folder, with the errors of Lambda's Node runtime. */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const match = /^((?:.*\/)?[^./]+)\.([^/]+)$/.exec(handler);
  if (!match || handler.includes('..')) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler: "${handler}" is not of the form file.export`);
  const found = match[2].split('.').reduce((value: any, name) => value?.[name], await load(taskRoot, match[1]));
  if (found === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (found.length >= 3) {
    throw new RuntimeError('Runtime.CallbackHandlerDeprecated', 'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Make the handler an async function.');
  }
  return found;
}

async function load(taskRoot: string, modulePath: string): Promise<unknown> {
  const base = resolve(taskRoot, modulePath);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((path) => existsSync(path));
  try {
    return file === undefined || file.endsWith('.mjs') ? await importModule(file ?? base) : await requireModule(taskRoot, file);
  } catch (error) {
    throw asRuntimeError(error);
  }
}

async function requireModule(taskRoot: string, file: string): Promise<unknown> {
  try {
    return createRequire(join(resolve(taskRoot), 'index.js'))(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException)?.code !== 'ERR_REQUIRE_ESM') throw error;
    return importModule(file);
  }
}

const importModule = async (file: string): Promise<unknown> => import(pathToFileURL(file).href);

function asRuntimeError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return renamed(error as Error, 'Runtime.ImportModuleError');
  return error instanceof SyntaxError ? renamed(error, 'Runtime.UserCodeSyntaxError') : error;
}

/** Keeps the stack, which names the file. */
function renamed(error: Error, name: string): RuntimeError {
  const runtimeError = new RuntimeError(name, String(error));
  runtimeError.stack = `${name}: ${error.stack ?? error.message}`;
  return runtimeError;
}
