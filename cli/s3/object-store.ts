import { randomBytes } from 'crypto';
import { BigIntStats, existsSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'fs';
import { dirname, join } from 'path';
import { S3Error } from './errors';
import { md5OfFile, removeEmptyFolders, removeLeftovers, statFile, within } from './files';
import { BESIDE_FOLDER, keyToPath } from './key-path';
import { ObjectEntry, readEntry, removeEntry, writeEntry } from './sidecar';

/** An object as it stands at one instant. */
export interface StoredObject extends ObjectEntry {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
  readonly path: string;
}

/** Checks a condition on the present object, or throws; runs in the same instant as the change that it guards. */
export type Guard = (present: StoredObject | undefined) => void;

const NO_GUARD: Guard = () => undefined;
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Objects as files in a folder, what clients said about them in sidecars in another one on the same file system.
 *
 * Every look-up and every change is one stretch of synchronous code, so no other request can come between a condition
 * and its write. The rename of the data file is the moment of change: a process killed before it leaves the old object.
 */
export class ObjectStore {
  private readonly temporary: string;

  constructor(readonly root: string, readonly metadataRoot: string) {
    const temporaryRoot = join(metadataRoot, '.tmp');
    mkdirSync(root, { recursive: true });
    mkdirSync(temporaryRoot, { recursive: true });
    removeLeftovers(temporaryRoot);
    this.temporary = join(temporaryRoot, `${process.pid}-${randomBytes(6).toString('hex')}`);
    mkdirSync(this.temporary);
  }

  /** A path for a file that is not an object yet. */
  temporaryFile(): string {
    return join(this.temporary, randomBytes(12).toString('hex'));
  }

  close(): void {
    rmSync(this.temporary, { recursive: true, force: true });
  }

  bucketFolder(bucket: string): string {
    const folder = join(this.root, bucket);
    if (!BUCKET_NAME.test(bucket) || !lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new S3Error('NoSuchBucket', `The specified bucket does not exist: there is no folder ${folder}.`);
    }
    return folder;
  }

  createBucket(bucket: string): void {
    if (!BUCKET_NAME.test(bucket)) throw new S3Error('InvalidBucketName', `The specified bucket is not valid: "${bucket}".`);
    if (existsSync(join(this.root, bucket))) throw new S3Error('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.');
    mkdirSync(join(this.root, bucket));
  }

  deleteBucket(bucket: string): void {
    try {
      rmdirSync(this.bucketFolder(bucket));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty.');
    }
    rmSync(join(this.metadataRoot, bucket), { recursive: true, force: true });
  }

  buckets(): { name: string; created: Date }[] {
    return readdirSync(this.root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && BUCKET_NAME.test(entry.name))
      .map((entry) => ({ name: entry.name, created: statSync(join(this.root, entry.name)).birthtime }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const located = this.locate(this.bucketFolder(bucket), key);
    return located && this.describe(bucket, key, located.path, located.stats);
  }

  /** The object together with an open file of it: later writes do not change what is read from the file. */
  open(bucket: string, key: string): { object: StoredObject; descriptor: number } {
    const object = this.find(bucket, key);
    if (!object) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    return { object, descriptor: openSync(object.path, 'r') };
  }

  /** Makes a temporary file the object. */
  commit(bucket: string, key: string, file: string, entry: ObjectEntry, guard: Guard = NO_GUARD): StoredObject {
    const folder = this.bucketFolder(bucket);
    const present = this.locate(folder, key);
    guard(present && this.describe(bucket, key, present.path, present.stats));
    const path = present?.path ?? this.makeRoom(folder, key);
    const stats = lstatSync(file, { bigint: true });
    writeEntry(this.sidecarPath(bucket, key), this.temporaryFile(), entry, stats, present?.stats);
    renameSync(file, path);
    return this.describe(bucket, key, path, stats);
  }

  /** Does nothing when there is no such object, as S3 does. */
  remove(bucket: string, key: string, guard: Guard = NO_GUARD): void {
    const folder = this.bucketFolder(bucket);
    const present = this.locate(folder, key);
    guard(present && this.describe(bucket, key, present.path, present.stats));
    if (!present) return;
    rmSync(present.path);
    removeEntry(this.sidecarPath(bucket, key));
    removeEmptyFolders(dirname(present.path), folder);
    removeEmptyFolders(dirname(this.sidecarPath(bucket, key)), join(this.metadataRoot, bucket));
  }

  private sidecarPath(bucket: string, key: string): string {
    return within(join(this.metadataRoot, bucket), `${keyToPath(key)}%.json`);
  }

  private locate(folder: string, key: string): { path: string; stats: BigIntStats } | undefined {
    const plain = within(folder, keyToPath(key));
    for (const path of [plain, plain + BESIDE_FOLDER]) {
      const stats = statFile(path);
      if (stats) return { path, stats };
    }
    return undefined;
  }

  /** Makes the folders of a new object; a file in their way is another object, which gives its name to the folder. */
  private makeRoom(folder: string, key: string): string {
    const segments = keyToPath(key).split('/');
    let parent = folder;
    for (const segment of segments.slice(0, -1)) {
      parent = join(parent, segment);
      if (statFile(parent)) renameSync(parent, parent + BESIDE_FOLDER);
      if (!existsSync(parent)) mkdirSync(parent);
    }
    const path = join(parent, segments[segments.length - 1]);
    return existsSync(path) ? path + BESIDE_FOLDER : path;
  }

  private describe(bucket: string, key: string, path: string, stats: BigIntStats): StoredObject {
    const sidecar = this.sidecarPath(bucket, key);
    let entry = readEntry(sidecar, stats);
    if (!entry) {
      entry = { etag: md5OfFile(path), headers: {}, metadata: {} };
      writeEntry(sidecar, this.temporaryFile(), entry, stats, undefined);
    }
    return { ...entry, key, path, size: Number(stats.size), lastModified: new Date(Number(stats.mtimeMs)) };
  }
}
