import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError, errnoOf } from '../errors';

/** One writer a lake. Held by the process that made it; a lock of a dead process is taken over. */
export class LakeLock {
  /** @throws CommandError `LAKE_LOCKED` naming the process that writes. */
  static acquire(path: string): LakeLock {
    const content = JSON.stringify({ pid: process.pid, nonce: `${Date.now()}-${Math.random()}` });
    const lock = new LakeLock(path, content);
    if (!lock.tryTake()) {
      lock.removeStale();
      if (!lock.tryTake()) {
        throw lockedBy(path, holderOf(read(path)));
      }
    }
    return lock;
  }

  private constructor(private readonly path: string, private readonly content: string) {}

  release(): void {
    if (read(this.path) === this.content) {
      rmSync(this.path, { force: true });
    }
  }

  /** A link either makes the whole lock or nothing: no one can see it half written. */
  private tryTake(): boolean {
    const own = `${this.path}.${process.pid}`;
    writeFileSync(own, this.content);
    try {
      linkSync(own, this.path);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') {
        return false;
      }
      throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }

  private removeStale(): void {
    const held = read(this.path);
    const holder = holderOf(held);
    if (holder !== undefined && isAlive(holder)) {
      throw lockedBy(this.path, holder);
    }
    const aside = `${this.path}.stale-${process.pid}`;
    try {
      renameSync(this.path, aside);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return;
      }
      throw error;
    }
    // Another process may have taken the stale lock over between reading and moving it: then it gets its own back.
    if (read(aside) !== held) {
      linkSync(aside, this.path);
    }
    rmSync(aside, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function holderOf(content: string | undefined): number | undefined {
  try {
    const { pid } = JSON.parse(content ?? '') as { pid?: unknown };
    return typeof pid === 'number' && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return errnoOf(error) === 'EPERM';
  }
}

const lockedBy = (path: string, pid: number | undefined) =>
  new CommandError('LAKE_LOCKED', `another process (pid ${pid ?? 'unknown'}) writes to this lake`, {
    hint: `wait for it to end; when process ${pid ?? ''} is no datalake command, remove "${path}"`,
    details: { pid, path },
  });
