import { ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { S3Peer } from './versitygw';
import type { Answer, Command } from './writer';

export interface WritersOptions {
  readonly count: number;
  readonly bucket: string;
  /** Off: the writers leave the condition out of every write. */
  readonly conditions: 'on' | 'off';
}

/** Processes that write to one bucket at the same time. */
export class Writers {
  static start(peer: S3Peer, { count, bucket, conditions }: WritersOptions): Writers {
    const folder = mkdtempSync(join(tmpdir(), 'writers-'));
    const program = join(folder, 'writer.js');
    buildSync({ entryPoints: [join(__dirname, 'writer.ts')], bundle: true, platform: 'node', outfile: program });
    const processes = Array.from({ length: count }, () => fork(program, [bucket, conditions], {
      env: { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...peer.environment },
      execArgv: [],
    }));
    return new Writers(folder, processes);
  }

  private constructor(private readonly folder: string, private readonly processes: readonly ChildProcess[]) {}

  /** Tells every writer at once, the n-th what `command` says for it, and waits for all. */
  all(command: (n: number) => Command): Promise<Answer[]> {
    return Promise.all(this.processes.map((writer, n) => new Promise<Answer>((done, fail) => {
      const died = (code: number | null) => fail(new Error(`writer ${n} ended with ${code}`));
      writer.once('exit', died);
      writer.once('message', (answer: Answer) => {
        writer.off('exit', died);
        done(answer);
      });
      writer.send(command(n));
    })));
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.filter(({ exitCode }) => exitCode === null).map((writer) => new Promise((done) => {
      writer.once('exit', done);
      writer.disconnect();
    })));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
