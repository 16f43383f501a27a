import { Command } from 'commander';
import { CommonOptions } from './common-options';
import { LakeModel } from '../assembly/lake-model';
import { LakeFolder } from '../lake/lake-folder';
import { Emit } from '../render/events';
import { Result } from '../render/results';

/** One verb of the command: what it takes, what it says in --help, what it does. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Arguments in commander's notation: `[source...]`. */
  readonly arguments?: string;
  readonly argumentHelp?: string;
  readonly examples: readonly string[];
  /** Flags beside `--json`. */
  options(command: Command): void;
  run(context: VerbContext, args: readonly string[]): Promise<Result>;
}

export interface VerbContext {
  readonly options: CommonOptions & Readonly<Record<string, unknown>>;
  readonly lake: LakeFolder;
  readonly emit: Emit;
  /** The pipelines of the app; the first call may synthesize it. */
  model(): Promise<LakeModel>;
}
