import { createHash } from 'crypto';
import { existsSync, renameSync, writeFileSync } from 'fs';
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

/** Named by its content, so that test processes share one file and leave no other behind. */
function buildBootstrap(source: string): string {
  // Not an import: esbuild must not become part of the command's bundle.
  const esbuild = createRequire(__filename)('esbuild');
  const { outputFiles } = esbuild.buildSync({ entryPoints: [source], bundle: true, platform: 'node', format: 'cjs', target: 'node20', write: false });
  const text: string = outputFiles[0].text;
  const file = join(tmpdir(), `datalake-bootstrap-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.js`);
  if (!existsSync(file)) {
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
  return file;
}
