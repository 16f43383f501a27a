// jsii leaves what it once compiled: without this, code that was deleted would ship from a work tree that is not new.
const { existsSync, readdirSync, rmSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const lib = join(root, 'lib');
for (const name of existsSync(lib) ? readdirSync(lib, { recursive: true }) : []) {
  const source = join(root, 'src', name.replace(/(\.d\.ts|\.js)$/, '.ts'));
  if (/\.(d\.ts|js)$/.test(name) && !existsSync(source)) {
    rmSync(join(lib, name));
  }
}
