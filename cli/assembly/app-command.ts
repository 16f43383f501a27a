import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isAssembly, readJson } from './read-assembly';
import { CommandError, UsageError } from '../errors';

/** An app as cdk.json or the command line describes it. */
export interface App {
  /** Folder the app command runs in. */
  readonly folder: string;
  readonly command: string;
  /** Folder the assembly is written to. */
  readonly output: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface AppOptions {
  readonly folder: string;
  /** `--app`. */
  readonly command?: string;
}

interface CdkJson {
  readonly app?: unknown;
  readonly output?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * What to run, from `--app` or cdk.json. An `app` that is a folder with an assembly is that folder, as for the CDK's own command.
 *
 * @throws UsageError when there is neither.
 */
export function findApp(options: AppOptions): App | { readonly assembly: string } {
  const path = resolve(options.folder, 'cdk.json');
  const settings: CdkJson = existsSync(path) ? readSettings(path) : {};
  const command = options.command ?? settings.app;
  if (typeof command !== 'string' || command.trim() === '') {
    const what = existsSync(path) ? `"${path}" names no "app"` : `there is no cdk.json in "${options.folder}"`;
    throw new UsageError(`found no app: ${what}`, {
      code: 'APP_NOT_FOUND',
      hint: 'run this in the folder of your CDK app, or give --app "npx ts-node bin/app.ts" or --assembly cdk.out',
    });
  }
  const folder = resolve(options.folder, command);
  if (isAssembly(folder)) {
    return { assembly: folder };
  }
  return {
    folder: options.folder,
    command,
    output: resolve(options.folder, typeof settings.output === 'string' ? settings.output : 'cdk.out'),
    context: { ...settings.context, ...cachedContext(options.folder) },
  };
}

function readSettings(path: string): CdkJson {
  try {
    return readJson<CdkJson>(path);
  } catch (error) {
    throw error instanceof CommandError
      ? new CommandError('APP_NOT_FOUND', error.message, { hint: 'correct cdk.json', details: { path }, cause: error })
      : error;
  }
}

/** Lookups that the CDK's own command has stored. */
function cachedContext(folder: string): Record<string, unknown> {
  const path = resolve(folder, 'cdk.context.json');
  return existsSync(path) ? readJson(path) : {};
}
