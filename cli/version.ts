import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version of the package that this file stands in. */
export function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      return (JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version ?? '0.0.0';
    }
    if (dirname(folder) === folder) {
      return '0.0.0';
    }
  }
}
