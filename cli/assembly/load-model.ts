import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { findApp } from './app-command';
import { LakeModel } from './lake-model';
import { readAssembly } from './read-assembly';
import { readModel } from './read-model';
import { isStale } from './staleness';
import { synthesize } from './synthesize';
import { CommandError } from '../errors';

export interface LoadOptions {
  /** `--assembly`. */
  readonly assembly?: string;
  /** `--app`. */
  readonly app?: string;
  /** Folder of the lake: never taken for a source of the app. */
  readonly lake: string;
  /** Called before the app runs, which can take seconds. */
  onSynthesize(command: string): void;
}

/** The pipelines of the app in the current folder, synthesized when its assembly is missing or older than the app. */
export async function loadModel(options: LoadOptions): Promise<LakeModel> {
  const directory = options.assembly === undefined ? await currentAssembly(options) : resolve(options.assembly);
  const model = readModel(readAssembly(directory));
  if (model.pipelines.length === 0) {
    throw new CommandError('NO_PIPELINE', `the assembly "${directory}" holds no DataLakePipeline`, {
      hint: holdsNestedStack(directory)
        ? 'this command does not look into nested stacks: put the pipeline into a stack of the app'
        : 'add `new DataLakePipeline(...)` to a stack of the app',
      details: { path: directory },
    });
  }
  return model;
}

const holdsNestedStack = (directory: string): boolean => readdirSync(directory).some((name) => name.endsWith('.nested.template.json'));

async function currentAssembly(options: LoadOptions): Promise<string> {
  const app = findApp({ folder: process.cwd(), command: options.app });
  if ('assembly' in app) {
    return app.assembly;
  }
  if (isStale(app, options.lake)) {
    options.onSynthesize(app.command);
    await synthesize(app);
  }
  return app.output;
}
