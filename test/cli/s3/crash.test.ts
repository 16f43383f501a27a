import { spawn } from 'child_process';
import { createHash } from 'crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'fs';
import { join } from 'path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { buildSync } from 'esbuild';
import { BUCKET, cleanUp, Lake, startLake } from './support';
import { ObjectStore } from '../../../cli/s3/object-store';

let lake: Lake;
beforeEach(async () => { lake = await startLake(); });
afterEach(cleanUp);

const head = async (Key: string) => lake.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
const dataOf = (key: string) => join(lake.root, BUCKET, key);
const sidecarOf = (key: string) => join(lake.folder, 's3-meta', BUCKET, `${key}%.json`);
const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

test('objects, their ETags and metadata outlive a restart', async () => {
  const etag = await lake.put('kept', 'x', { Metadata: { a: '1' }, ContentEncoding: 'gzip' });
  await lake.restart();
  expect(await head('kept')).toMatchObject({ ETag: etag, Metadata: { a: '1' }, ContentEncoding: 'gzip' });
});

test('killed between the sidecar and the data of an overwrite, the old object stands whole', async () => {
  const etag = await lake.put('k', 'old', { Metadata: { version: 'old' } });
  const { atime, mtime } = statSync(dataOf('k'));
  cpSync(dataOf('k'), join(lake.folder, 'old-data'), { preserveTimestamps: true });
  await lake.put('k', 'new', { Metadata: { version: 'new' } });
  // The sidecar of the new object with the data of the old one: what the kill leaves. Same length on purpose.
  copyFileSync(join(lake.folder, 'old-data'), dataOf('k'));
  utimesSync(dataOf('k'), atime, mtime);
  const entries = JSON.parse(readFileSync(sidecarOf('k'), 'utf8')).entries;
  expect(entries).toHaveLength(2);
  entries[1].file = { ...entries[1].file, mtimeNs: String(statSync(dataOf('k'), { bigint: true }).mtimeNs) };
  writeFileSync(sidecarOf('k'), JSON.stringify({ entries }));
  await lake.restart();
  expect(await head('k')).toMatchObject({ ETag: etag, Metadata: { version: 'old' } });
  expect(await lake.text('k')).toBe('old');
});

test('of two versions of one size and one instant, the inode tells which one stands', async () => {
  await lake.put('k', 'old', { Metadata: { version: 'old' } });
  const [old] = JSON.parse(readFileSync(sidecarOf('k'), 'utf8')).entries;
  const unborn = { ...old, etag: 'e'.repeat(32), metadata: { version: 'new' }, file: { ...old.file, inode: '1' } };
  writeFileSync(sidecarOf('k'), JSON.stringify({ entries: [unborn, old] }));
  expect(await head('k')).toMatchObject({ ETag: md5('old'), Metadata: { version: 'old' } });
});

test('killed between the sidecar and the data of a first write, there is no object', async () => {
  await lake.put('k', 'x');
  rmSync(dataOf('k'));
  await lake.restart();
  await expect(head('k')).rejects.toMatchObject({ name: 'NotFound' });
  await lake.put('k', 'y', { IfNoneMatch: '*' });
  expect(await lake.text('k')).toBe('y');
});

test('killed between the two steps of a delete, a new object does not inherit what was said of the old one', async () => {
  await lake.put('k', 'x', { Metadata: { version: 'old' } });
  rmSync(dataOf('k'));
  writeFileSync(dataOf('k'), 'by hand');
  expect(await head('k')).toMatchObject({ ETag: md5('by hand'), Metadata: {} });
});

test('a file changed by another hand has its own ETag, and a damaged sidecar does no harm', async () => {
  await lake.put('k', 'old', { Metadata: { a: '1' } });
  writeFileSync(dataOf('k'), 'changed');
  expect(await head('k')).toMatchObject({ ETag: md5('changed'), ContentLength: 7, Metadata: {} });
  writeFileSync(sidecarOf('k'), '{"entr');
  await lake.restart();
  expect(await head('k')).toMatchObject({ ETag: md5('changed') });
});

test('a copied lake, whose files have other inodes, keeps what was said of its objects', async () => {
  const etag = await lake.put('k', 'x', { Metadata: { a: '1' } });
  cpSync(lake.root, join(lake.folder, 'copy'), { recursive: true, preserveTimestamps: true });
  rmSync(lake.root, { recursive: true });
  cpSync(join(lake.folder, 'copy'), lake.root, { recursive: true, preserveTimestamps: true });
  // Node copies times in microseconds at best.
  const entries = JSON.parse(readFileSync(sidecarOf('k'), 'utf8')).entries;
  entries[0].file.mtimeNs = String(statSync(dataOf('k'), { bigint: true }).mtimeNs);
  writeFileSync(sidecarOf('k'), JSON.stringify({ entries }));
  await lake.restart();
  expect(await head('k')).toMatchObject({ ETag: etag, Metadata: { a: '1' } });
});

test('temporary files of a killed server are removed at the next start, those of a living one stay', async () => {
  const temporary = join(lake.folder, 's3-meta', '.tmp');
  mkdirSync(join(temporary, '4194304999-dead'));
  writeFileSync(join(temporary, '4194304999-dead', 'half'), 'x');
  mkdirSync(join(temporary, `${process.ppid}-alive`));
  await lake.restart();
  expect(existsSync(join(temporary, '4194304999-dead'))).toBe(false);
  expect(existsSync(join(temporary, `${process.ppid}-alive`))).toBe(true);
});

test('killed at any moment of a stream of overwrites, each object is one whole version', async () => {
  const folder = join(lake.folder, 'killed');
  const writer = join(lake.folder, 'writer.js');
  buildSync({
    stdin: {
      resolveDir: __dirname,
      loader: 'ts',
      contents: `
        import { ObjectStore } from '../../../cli/s3/object-store';
        import { writeFileSync } from 'fs';
        const store = new ObjectStore(process.argv[2] + '/s3', process.argv[2] + '/s3-meta');
        try { store.createBucket('lake'); } catch {}
        process.stdout.write('go');
        for (let i = 0; ; i++) {
          const file = store.temporaryFile();
          writeFileSync(file, String(i).padStart(8, '0'));
          store.commit('lake', 'k', file, { etag: 'e' + i, headers: {}, metadata: { i: String(i).padStart(8, '0') } });
        }`,
    },
    bundle: true,
    platform: 'node',
    outfile: writer,
  });
  for (let round = 0; round < 12; round++) {
    const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((done) => child.stdout.once('data', done));
    await new Promise((done) => setTimeout(done, 5 + round * 3.7));
    const exited = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await exited;
    const store = new ObjectStore(join(folder, 's3'), join(folder, 's3-meta'));
    const object = store.find(BUCKET, 'k');
    store.close();
    const text = readFileSync(join(folder, 's3', BUCKET, 'k'), 'utf8');
    expect(object).toMatchObject({ metadata: { i: text }, etag: `e${Number(text)}` });
    expect(readdirSync(join(folder, 's3-meta', '.tmp'))).toEqual([]);
  }
});
