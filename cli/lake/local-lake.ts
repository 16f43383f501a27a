import { LakeFolder } from './lake-folder';
import { LakeLock } from './lake-lock';
import { asCommandError } from '../errors';
import { startS3Server } from '../s3';

export interface LocalLake {
  readonly folder: LakeFolder;
  /** Endpoint of the local S3. */
  readonly endpoint: string;
}

/** Opens the lake for writing: this process holds the lock and serves the S3 while the work lasts. */
export async function withLocalLake<T>(folder: LakeFolder, port: number | undefined, work: (lake: LocalLake) => Promise<T>): Promise<T> {
  return withLock(folder, async () => {
    const s3 = await startS3(folder, port);
    try {
      return await work({ folder, endpoint: s3.endpoint });
    } finally {
      await s3.close();
    }
  });
}

/** Holds the lake's lock while the work lasts, also when a signal ends it. */
export async function withLock<T>(folder: LakeFolder, work: () => Promise<T>): Promise<T> {
  folder.ensure();
  const lock = LakeLock.acquire(folder.lock);
  const release = () => lock.release();
  const interrupted = (signal: NodeJS.Signals) => {
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('exit', release).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release).off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

async function startS3(folder: LakeFolder, port: number | undefined) {
  try {
    return await startS3Server({ root: folder.s3, port });
  } catch (error) {
    throw asCommandError(error, 'LAKE_UNUSABLE');
  }
}
