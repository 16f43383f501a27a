// Runs before `npm test` and `npm run demo`: a fresh clone needs no other command first.
const { spawnSync } = require('node:child_process');
const { existsSync, rmSync, statSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json'); // npm writes it at the end of an installation

const { devDependencies } = require('../package.json');
const missing = Object.keys(devDependencies).some((name) => !existsSync(join(root, 'node_modules', name)));

if (missing || !existsSync(installed) || statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) {
  console.error('Installing dependencies (npm install) ...');
  // Not `npm ci`: it would begin anew with every change of the lock.
  const result = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    process.exit(result.status ?? 1);
  }
}

// Examples import the library, and call its command, by the names they are published under.
const links = [
  [join(root, 'node_modules', 'cdk-data-lake-pipeline'), '..'],
  [join(root, 'node_modules', '.bin', 'datalake'), join('..', '..', 'bin', 'datalake.mjs')],
];
for (const [link, target] of links) {
  rmSync(link, { force: true });
  symlinkSync(target, link);
}
