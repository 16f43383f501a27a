import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError, UsageError, messageOf } from '../errors';

/** Rises when the layout of the folder changes in a way that an older command would misread. */
export const LAKE_VERSION = 1;

const VERSION_FILE = 'version.json';

/** Everything this command ever makes in a lake; the version goes last, so that what is left after a kill is still known as a lake. */
const OWNED = ['s3', 's3-meta', 'catalog', 'crawlers.json', 'logs', 'runs', '.gitignore', 'lock', VERSION_FILE];

/** Where everything stands in the local lake. */
export class LakeFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** Root of the local S3: one folder a bucket. */
  get s3(): string { return join(this.root, 's3'); }

  get catalog(): string { return join(this.root, 'catalog'); }

  /** How each crawler's last crawl ended. */
  get crawlers(): string { return join(this.root, 'crawlers.json'); }

  /** Executions of the workflow, by source. */
  get runs(): string { return join(this.root, 'runs'); }

  get lock(): string { return join(this.root, 'lock'); }

  bucket(name: string): string { return join(this.s3, name); }

  log(source: string, runId: string): string { return join(this.root, 'logs', source, `${runId}.log`); }

  /** Whether this is a lake that this command can read. Throws when it is one of another version, or another thing altogether. */
  exists(): boolean {
    if (!existsSync(join(this.root, VERSION_FILE))) {
      return false;
    }
    const version = this.version();
    if (version !== LAKE_VERSION) {
      throw new CommandError(
        'LAKE_VERSION',
        `the lake folder "${this.root}" has layout version ${JSON.stringify(version)}, this command works with version ${LAKE_VERSION}; nothing in it was touched`,
        { hint: 'use another folder with --lake DIR, or the version of the command that made it', details: { path: this.root } },
      );
    }
    return true;
  }

  /** Makes the folder on first use. A folder with someone else's files in it is refused. */
  ensure(): void {
    if (this.exists()) {
      return;
    }
    try {
      mkdirSync(this.root, { recursive: true });
    } catch (error) {
      throw new CommandError('LAKE_UNUSABLE', `cannot make the lake folder "${this.root}": ${messageOf(error)}`, { hint: 'give another with --lake DIR', cause: error });
    }
    this.refuseForeignFiles();
    writeFileSync(join(this.root, '.gitignore'), '*\n');
    writeFileSync(join(this.root, VERSION_FILE), `${JSON.stringify({ version: LAKE_VERSION })}\n`);
  }

  /** The lake must be there: a command that only reads has nothing to say otherwise. */
  require(): void {
    if (!this.exists()) {
      throw new CommandError('LAKE_EMPTY', `there is no lake in "${this.root}" yet`, { hint: 'run `datalake run --local` first', details: { path: this.root } });
    }
  }

  /** Removes the lake. What someone else put beside it stays, and is returned. */
  remove(): readonly string[] {
    for (const name of OWNED) {
      rmSync(join(this.root, name), { recursive: true, force: true });
    }
    const foreign = readdirSync(this.root);
    if (foreign.length === 0) {
      rmdirSync(this.root);
    }
    return foreign;
  }

  /** A folder that holds files and is no lake. */
  refuseForeignFiles(): void {
    const foreign = existsSync(this.root) ? readdirSync(this.root).filter((name) => !OWNED.includes(name) && !name.startsWith('lock.')) : [];
    if (foreign.length > 0) {
      throw new UsageError(`"${this.root}" is no lake folder: it holds ${foreign.slice(0, 3).map((name) => `"${name}"`).join(', ')} and no ${VERSION_FILE}`, {
        code: 'LAKE_FOREIGN', hint: 'give an empty or new folder with --lake DIR', details: { path: this.root },
      });
    }
  }

  private version(): unknown {
    try {
      return (JSON.parse(readFileSync(join(this.root, VERSION_FILE), 'utf8')) as { version?: unknown }).version;
    } catch (error) {
      throw new CommandError('LAKE_VERSION', `cannot read the version of the lake folder "${this.root}": ${messageOf(error)}`, {
        hint: 'use another folder with --lake DIR', details: { path: this.root }, cause: error,
      });
    }
  }
}
