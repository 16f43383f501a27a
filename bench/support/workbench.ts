import { ChildProcess, spawn, SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { SAYS } from './program-end';
import { MemoryWatch } from '../../cli/lambda-host/memory';

export const ROOT = join(__dirname, '../..');

export interface Outcome {
  readonly seconds: number;
  readonly cpuSeconds?: number;
  readonly records?: number;
  /** Undefined where the system does not tell. */
  readonly peakRssMib?: number;
}

export interface Running<Facts> {
  readonly facts: Facts;
  stop(): Promise<void>;
}

/** A temporary folder, and processes that work in it; each of bench/programs is bundled, so that ts-node costs it nothing. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'bench-'));
  private readonly bundles = new Map<string, string>();
  private readonly children = new Set<ChildProcess>();

  /** Runs a program to its end. */
  async run(name: string, options: object, settings: { env?: NodeJS.ProcessEnv; flags?: string[] } = {}): Promise<Outcome> {
    const args = [...settings.flags ?? [], this.bundle(name), JSON.stringify(options)];
    return this.measure(process.execPath, args, { env: settings.env });
  }

  /** Runs any command that says its outcome on standard output as the programs do. */
  async measure(command: string, args: string[], settings: SpawnOptions = {}): Promise<Outcome> {
    const child = this.start(command, args, settings);
    const watch = new MemoryWatch(child.pid ?? 0, Infinity, () => undefined);
    const [facts] = await Promise.all([said<Outcome>(child), ended(child)]);
    watch.stop();
    return { ...facts, peakRssMib: watch.peakKib > 0 ? watch.peakKib / 1024 : undefined };
  }

  /** Starts a program that serves until it is stopped. */
  async serve<Facts>(name: string, options: object): Promise<Running<Facts>> {
    const child = this.start(process.execPath, [this.bundle(name), JSON.stringify(options)]);
    const end = ended(child);
    const facts = await said<Facts>(child);
    return {
      facts,
      stop: async () => {
        child.stdin?.end();
        await end;
      },
    };
  }

  async close(): Promise<void> {
    for (const child of this.children) {
      child.kill();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(command: string, args: string[], settings: SpawnOptions = {}): ChildProcess {
    const child = spawn(command, args, { ...settings, stdio: ['pipe', 'pipe', 'inherit'] });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  private bundle(name: string): string {
    const known = this.bundles.get(name);
    if (known !== undefined) {
      return known;
    }
    const outfile = join(this.folder, `${name}.js`);
    buildSync({ entryPoints: [join(__dirname, '../programs', `${name}.ts`)], outfile, bundle: true, platform: 'node', target: 'node20' });
    this.bundles.set(name, outfile);
    return outfile;
  }
}

/** The first line that the program says; what else it prints is dropped. */
async function said<Facts>(child: ChildProcess): Promise<Facts> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => line.startsWith(SAYS) && resolve(JSON.parse(line.slice(SAYS.length)) as Facts));
    lines.on('close', () => reject(new Error(`${child.spawnargs.slice(0, 2).join(' ')} ended without an outcome`)));
    child.once('error', reject);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) {
    throw new Error(`${child.spawnargs.slice(0, 2).join(' ')} ended with exit code ${code}`);
  }
}
