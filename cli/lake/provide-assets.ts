import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LakeFolder } from './lake-folder';
import { LambdaFunction } from '../assembly/lake-model';

/** Puts what a deployment puts into the assets' bucket where the local S3 serves it. */
export function provideAssets({ assets }: LambdaFunction, lake: LakeFolder): void {
  for (const { bucket, key, path } of assets) {
    const copy = join(lake.bucket(bucket), key);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
  }
}
