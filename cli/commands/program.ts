import { Command, CommanderError } from 'commander';
import { backfill } from './backfill';
import { clean } from './clean';
import { addJsonOption, CommonOptions, DEFAULT_LAKE } from './common-options';
import { athenaConsole } from './console';
import { crawl } from './crawl';
import { doctor } from './doctor';
import { invoke } from './invoke';
import { query } from './query';
import { redrive } from './redrive';
import { replay } from './replay';
import { run } from './run';
import { status } from './status';
import { upkeep } from './upkeep';
import { Verb } from './verb';
import { loadModel } from '../assembly/load-model';
import { CommandError, messageOf, UsageError } from '../errors';
import { LakeFolder } from '../lake/lake-folder';
import { JsonRenderer } from '../render/json-renderer';
import { failuresOf, Renderer, Streams } from '../render/renderer';
import { TerminalRenderer } from '../render/terminal-renderer';
import { TextRenderer } from '../render/text-renderer';
import { version } from '../version';

const VERBS: readonly Verb[] = [run, invoke, crawl, backfill, replay, query, redrive, upkeep, status, athenaConsole, doctor, clean];

/** Runs the command line and gives the exit code: 0 ok, 1 failed, 2 wrong usage. */
export async function runProgram(args: readonly string[], streams: Streams): Promise<number> {
  let exitCode = 0;
  const program = new Command('datalake')
    .description('Runs the pipelines of a CDK app: on this machine with --local, else in its deployed stack.')
    .version(version())
    .configureOutput({ writeOut: (text) => streams.out.write(text), writeErr: (text) => streams.err.write(text) })
    .exitOverride()
    .showHelpAfterError('(add --help for what the command takes)');
  for (const verb of VERBS) {
    addVerb(program, verb, async (options, positional) => {
      exitCode = await runVerb(verb, options, positional, rendererFor(options, streams));
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return usageExit(error, args, streams);
  }
}

type VerbOptions = CommonOptions & Readonly<Record<string, unknown>>;
type Action = (options: VerbOptions, positional: readonly string[]) => Promise<void>;

function addVerb(program: Command, verb: Verb, action: Action): void {
  const command = program.command(verb.name).description(verb.summary).allowExcessArguments(false);
  if (verb.arguments !== undefined) {
    command.argument(verb.arguments, verb.argumentHelp);
  }
  verb.options(command);
  addJsonOption(command);
  command.addHelpText('after', `\nExamples:\n${verb.examples.map((example) => `  $ ${example}`).join('\n')}`);
  command.action((...all: unknown[]) => action(command.opts(), all.slice(0, -2).flat().filter((one): one is string => typeof one === 'string')));
}

const rendererFor = (options: CommonOptions, streams: Streams): Renderer => {
  if (options.json) {
    return new JsonRenderer(streams);
  }
  return streams.err.isTTY ? new TerminalRenderer(streams) : new TextRenderer(streams);
};

async function runVerb(verb: Verb, options: VerbOptions, positional: readonly string[], renderer: Renderer): Promise<number> {
  const lake = options.lake ?? DEFAULT_LAKE;
  const emit = (event: Parameters<Renderer['event']>[0]) => renderer.event(event);
  try {
    const model = async () => {
      const found = await loadModel({ ...options, lake, onSynthesize: (app) => emit({ type: 'synthesizing', app }) });
      found.missingContext.forEach((key) => emit({ type: 'warning', message: `the app waits for a context lookup (${key}): run \`npx cdk synth\` once with credentials` }));
      return found;
    };
    const result = await verb.run({ options, lake: new LakeFolder(lake), emit, model }, positional);
    renderer.result(result);
    return failuresOf(result).length > 0 ? 1 : 0;
  } catch (error) {
    const known = error instanceof CommandError ? error : unexpected(error);
    renderer.failure(known);
    return known.exitCode;
  }
}

const unexpected = (error: unknown): CommandError => new CommandError('INTERNAL', `unexpected: ${messageOf(error)}`, {
  hint: process.env.DATALAKE_DEBUG === undefined ? 'run it again with DATALAKE_DEBUG=1 for the stack, and report it' : (error as Error).stack,
  cause: error,
});

/** Commander has printed help, the version or its error already. */
function usageExit(error: unknown, args: readonly string[], streams: Streams): number {
  if (!(error instanceof CommanderError)) {
    throw error;
  }
  if (['commander.helpDisplayed', 'commander.version'].includes(error.code) || (error.code === 'commander.help' && error.exitCode === 0)) {
    return 0;
  }
  if (args.includes('--json')) {
    const { code, message } = new UsageError(error.message.replace(/^error: /, ''));
    streams.out.write(`${JSON.stringify({ ok: false, error: { code, message } })}\n`);
  }
  return 2;
}
