import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The bundle lies at the package's root: two levels above this file, compiled (`lib/`) or not (`src/`). */
const BUNDLE = join(__dirname, '../../assets/extractor');

/** The folder with the extractor's prebuilt code. */
export function extractorBundle(folder: string = BUNDLE): string {
  if (!existsSync(join(folder, 'index.js'))) {
    throw new Error(`the extractor's bundle is missing: got no index.js in ${folder}; `
      + 'reinstall cdk-data-lake-pipeline or, in a checkout of it, run "npx projen bundle:lambda"');
  }
  return folder;
}
