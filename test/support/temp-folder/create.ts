import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All that tests, the CDK and killed processes leave in the folder for temporary files goes with the folder. */
export default function create(): void {
  process.env.TMPDIR = mkdtempSync(join(realpathSync(tmpdir()), 'datalake-tests-'));
}
