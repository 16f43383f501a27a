import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, writeFiles } from '../support/handwritten-app';
import { REPOSITORY } from '../support/packed-library';

const TEXT = 'Permission is hereby granted to copy this.';

let folder: string;

/** A package with one bundle, which holds one library with this package.json and these files. */
function inventoryOf(library: object, files: Record<string, string> = {}) {
  const input = { 'node_modules/library/index.js': { bytesInOutput: 10 } };
  folder = writeFiles(newFolder(), {
    'package.json': { name: 'mine', version: '1.2.3', license: 'MIT' },
    '.metafiles/bundle.json': { inputs: { 'node_modules/library/index.js': { bytes: 10, imports: [] } }, outputs: { 'assets/mine/index.js': { bytes: 10, inputs: input, imports: [], exports: [] } } },
    'node_modules/library/index.js': 'module.exports = 1;',
    'node_modules/library/package.json': { name: 'library', version: '4.5.6', ...library },
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`node_modules/library/${name}`, text])),
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, '.ci/supply-chain/inventory.mjs'), folder], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

const written = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined);

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a library under MIT ships with its notice', () => {
  expect(inventoryOf({ license: 'MIT' }, { LICENSE: TEXT })).toEqual({ status: 0, said: "1 components of others' making: 1 MIT\n" });
  expect(written('THIRD-PARTY-NOTICES.txt')).toContain(`library@4.5.6 (MIT)\n\n${TEXT}`);
  expect(JSON.parse(written('sbom.cdx.json')!)).toMatchObject({
    metadata: { component: { name: 'mine', version: '1.2.3' } },
    components: [{ name: 'library', version: '4.5.6', properties: [{ value: 'assets/mine/index.js' }] }],
  });
});

test.each([
  ['GPL-3.0-only', { license: 'GPL-3.0-only' }],
  ['AGPL-3.0-or-later', { license: 'AGPL-3.0-or-later' }],
  ['SEE LICENSE IN terms.txt', { license: 'SEE LICENSE IN terms.txt' }],
  ['(MIT OR GPL-2.0-only)', { license: '(MIT OR GPL-2.0-only)' }],
  ['names no licence', {}],
])('a licence that may not ship ends the build, and nothing is written: %s', (name, library) => {
  const { status, said } = inventoryOf(library, { LICENSE: TEXT });
  expect(status).toBe(1);
  expect(said).toContain(`library@4.5.6 ${name.startsWith('names') ? name : `is under ${name}, which is not among MIT, `}`);
  expect(written('THIRD-PARTY-NOTICES.txt') ?? written('sbom.cdx.json')).toBeUndefined();
});

test('a licence that wants a notice needs its text', () => {
  expect(inventoryOf({ license: 'BSD-3-Clause' })).toMatchObject({ status: 1, said: expect.stringContaining('has no file with its notice') });
  expect(inventoryOf({ license: '0BSD' })).toMatchObject({ status: 0 });
});
