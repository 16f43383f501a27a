import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { LocalAthena } from '../../../cli/athena';
import { openDuckDb } from '../../../cli/athena/duckdb';
import { LocalCatalog } from '../../../cli/catalog';

const folders: string[] = [];
const folder = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'duck-'))) - 1];

afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

describe('without DuckDB', () => {
  let bundle: string;

  beforeAll(async () => {
    bundle = join(folder(), 'athena.js');
    await build({ entryPoints: [join(__dirname, '../../../cli/athena/index.ts')], bundle: true, platform: 'node', target: 'node20', outfile: bundle, logLevel: 'silent' });
  });

  const open = (cwd: string) => spawnSync(process.execPath, ['-e',
    `require(${JSON.stringify(bundle)}).LocalAthena.open({ catalog: {}, bucketRoot: '.' }).then(() => console.log('opened'), (e) => { console.error(e.message); process.exit(1); })`], { cwd, encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } });

  test('a query says what to install', () => {
    const { status, stderr } = open(folder());
    expect(stderr).toContain('local queries need DuckDB, which cannot be loaded (Cannot find module \'@duckdb/node-api\')');
    expect(stderr).toContain('npm install --save-dev @duckdb/node-api@1.5.5-r.5');
    expect(status).toBe(1);
  });

  test('the bundle finds it beside the app it is run from', () => {
    expect(open(join(__dirname, '../../..')).stdout).toBe('opened\n');
  });
});

describe('the session', () => {
  test('reads no file but those of its folder and loads no extension', async () => {
    const own = folder();
    const { connection, instance } = await openDuckDb(own);
    const outside = join(folder(), 'x.json');
    writeFileSync(outside, '{"a":1}\n');
    writeFileSync(join(own, 'x.json'), '{"a":1}\n');
    expect((await connection.runAndReadAll(`SELECT a FROM read_json('${join(own, 'x.json')}')`)).getRowsJson()).toEqual([['1']]);
    await expect(connection.run(`SELECT * FROM read_json('${outside}')`)).rejects.toThrow('disabled');
    await expect(connection.run('INSTALL httpfs')).rejects.toThrow();
    await expect(connection.run('SET enable_external_access = true')).rejects.toThrow();
    connection.closeSync();
    instance.closeSync();
  });

  test('leaves no file behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('datalake-athena-'));
    const athena = await LocalAthena.open({ catalog: new LocalCatalog(folder()), bucketRoot: folder() });
    await athena.query('SELECT 1');
    await athena.close();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('datalake-athena-') && !before.includes(name))).toEqual([]);
  });
});

test('the package named in the message is the one the project tests with', () => {
  const { devDependencies } = JSON.parse(execFileSync(process.execPath, ['-p', 'JSON.stringify(require("./package.json"))'], { cwd: join(__dirname, '../../..'), encoding: 'utf8' }));
  expect(existsSync(join(__dirname, '../../../node_modules/@duckdb/node-api'))).toBe(true);
  expect(devDependencies['@duckdb/node-api']).toBe('1.5.5-r.5');
});
