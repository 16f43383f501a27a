import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakeFolder } from '../../../cli/lake/lake-folder';
import { newFolder, writeFiles } from '../../support/handwritten-app';

const newLake = () => new LakeFolder(join(newFolder(), '.datalake'));

test('makes a lake that git ignores, once', () => {
  const lake = newLake();
  expect(lake.exists()).toBe(false);
  lake.ensure();
  lake.ensure();
  expect(lake.exists()).toBe(true);
  expect(readdirSync(lake.root)).toEqual(['.gitignore', 'version.json']);
});

test('takes an empty folder', () => {
  const lake = newLake();
  mkdirSync(lake.root);
  lake.ensure();
  expect(lake.exists()).toBe(true);
});

test('refuses a folder that holds other files', () => {
  const lake = newLake();
  writeFiles(lake.root, { 'thesis.doc': 'x' });
  expect(() => lake.ensure()).toThrow(/holds "thesis.doc" and no version.json/);
  expect(readdirSync(lake.root)).toEqual(['thesis.doc']);
});

test('refuses a path that is a file', () => {
  const lake = newLake();
  writeFileSync(lake.root, 'x');
  expect(() => lake.ensure()).toThrow(/cannot make the lake folder/);
});

test.each([['{"version":2}', /layout version 2/], ['{"ver', /cannot read the version/], ['{}', /layout version undefined/]])('refuses a lake whose version file is %s', (text, message) => {
  const lake = newLake();
  writeFiles(lake.root, { 'version.json': text });
  expect(() => lake.exists()).toThrow(message);
  expect(() => lake.ensure()).toThrow(message);
});

test('removes all that is its own', () => {
  const lake = newLake();
  lake.ensure();
  writeFiles(lake.root, { 's3/b/k': 'x', 's3-meta/b/k': 'x', 'catalog/d/t.json': {}, 'logs/s/r.log': 'x', 'lock': 'x' });
  expect(lake.remove()).toEqual([]);
  expect(existsSync(lake.root)).toBe(false);
});

test('leaves what someone else put into it', () => {
  const lake = newLake();
  lake.ensure();
  writeFiles(lake.root, { 'notes.txt': 'mine', 's3/b/k': 'x' });
  expect(lake.remove()).toEqual(['notes.txt']);
  expect(readdirSync(lake.root)).toEqual(['notes.txt']);
});
