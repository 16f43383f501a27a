import { existsSync, mkdtempSync } from 'fs';
import { createRequire } from 'module';
import { tmpdir } from 'os';
import { join } from 'path';

let built: string | undefined;

/** The bundle that the child runs. It stands beside the command's own bundle; from TypeScript sources it is built once a process. */
export function bootstrapPath(): string {
  const source = join(__dirname, 'bootstrap.ts');
  if (!existsSync(source)) return join(__dirname, 'bootstrap.js');
  built ??= buildBootstrap(source);
  return built;
}

function buildBootstrap(source: string): string {
  // Not an import: esbuild must not become part of the command's bundle.
  const esbuild = createRequire(__filename)('esbuild');
  const outfile = join(mkdtempSync(join(tmpdir(), 'datalake-bootstrap-')), 'bootstrap.js');
  esbuild.buildSync({ entryPoints: [source], bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile });
  return outfile;
}
