import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
export const BIN = join(ROOT, 'bin/datalake.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly bin?: string;
}

/** Runs the bundled command as a person would, without anything of this machine's AWS settings. */
export async function datalake(args: readonly string[], { cwd, env = {}, bin = BIN }: RunOptions): Promise<Ended> {
  bundleIfOlder();
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...cleanEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => Buffer.concat(await stream.toArray()).toString('utf8'));
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  return { code, stdout: await stdout, stderr: await stderr };
}

export function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|NODE_OPTIONS|JEST)/.test(name));
  return { ...Object.fromEntries(own), AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' };
}

/** `npm test` bundles first; this is for a test that is started alone. */
function bundleIfOlder(): void {
  const built = statSync(BIN, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ['cli', 'src/spec'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
  if (Math.max(...sources) > built) {
    execFileSync('npx', ['projen', 'bundle:cli'], { cwd: ROOT, stdio: 'pipe' });
  }
}
