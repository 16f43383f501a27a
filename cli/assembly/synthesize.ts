import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from './app-command';
import { stampAssembly } from './staleness';
import { CommandError } from '../errors';

/** Longest value of one environment variable that every system takes; a larger context travels in a file. */
const MAX_VARIABLE_BYTES = 32 * 1024;

const MAX_OUTPUT_CHARS = 20_000;

/** What the CDK's own command adds to an app's context, so that both synthesize the same template. */
const CLI_CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
};

/**
 * Runs the app command, as the CDK's own command does, without needing it.
 *
 * @throws CommandError `SYNTH_FAILED` with what the app printed.
 */
export async function synthesize(app: App): Promise<void> {
  mkdirSync(app.output, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'datalake-synth-'));
  try {
    const { code, output } = await runShell(app.command, app.folder, { ...process.env, ...appEnvironment(app, scratch) });
    if (code !== 0) {
      throw new CommandError('SYNTH_FAILED', `the app \`${app.command}\` ended with ${code}:\n${output.trim() || '(it printed nothing)'}`, {
        hint: `correct the app in "${app.folder}" and run the command again`,
        details: { app: app.command },
      });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  stampAssembly(app);
}

function appEnvironment(app: App, scratch: string): Record<string, string> {
  const context = JSON.stringify({ ...CLI_CONTEXT, ...app.context });
  const environment: Record<string, string> = { CDK_OUTDIR: app.output };
  const region = process.env.CDK_DEFAULT_REGION ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region !== undefined) {
    environment.CDK_DEFAULT_REGION = region;
  }
  if (Buffer.byteLength(context) <= MAX_VARIABLE_BYTES) {
    return { ...environment, CDK_CONTEXT_JSON: context };
  }
  const file = join(scratch, 'context.json');
  writeFileSync(file, context);
  return { ...environment, CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION: file };
}

function runShell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | string; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, { shell: true, cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-MAX_OUTPUT_CHARS);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code: code ?? signal ?? 1, output }));
  });
}
