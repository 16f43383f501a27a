import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakeLock } from '../../../cli/lake/lake-lock';
import { newFolder } from '../../support/handwritten-app';

const lockPath = () => join(newFolder(), 'lock');

test('refuses a second writer, naming the first', () => {
  const path = lockPath();
  const held = LakeLock.acquire(path);
  expect(() => LakeLock.acquire(path)).toThrow(new RegExp(`another process \\(pid ${process.pid}\\) writes`));
  held.release();
  LakeLock.acquire(path).release();
});

test('refuses while another living process writes, and takes over once it is dead', async () => {
  const path = lockPath();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  writeFileSync(path, JSON.stringify({ pid: other.pid }));
  expect(() => LakeLock.acquire(path)).toThrow(new RegExp(`pid ${other.pid}`));
  const gone = new Promise((done) => other.once('exit', done));
  other.kill('SIGKILL');
  await gone;
  const lock = LakeLock.acquire(path);
  expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid);
  lock.release();
});

test('takes over a lock that was cut short', () => {
  const path = lockPath();
  writeFileSync(path, '{"pi');
  LakeLock.acquire(path).release();
});

test('leaves nothing behind', () => {
  const path = lockPath();
  writeFileSync(path, JSON.stringify({ pid: spawnSync(process.execPath, ['-e', '']).pid }));
  LakeLock.acquire(path).release();
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('does not remove a lock that is no longer its own', () => {
  const path = lockPath();
  const lock = LakeLock.acquire(path);
  writeFileSync(path, JSON.stringify({ pid: 1, nonce: 'other' }));
  lock.release();
  expect(existsSync(path)).toBe(true);
});
