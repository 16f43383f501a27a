import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { newFolder } from '../support/handwritten-app';
import { Behaviour, HostileServer, status } from '../support/hostile-server';
import { REPOSITORY } from '../support/packed-library';

let registry: HostileServer;
let cache: string;

const advisory = (title: string) => ({ id: 1, url: 'https://example.com/1', title, severity: 'high', vulnerable_versions: '<999', cwe: [], cvss: { score: 7, vectorString: null } });

/** A registry on loopback with these advisories; it has no packages to look into. */
async function audit(advisories: Record<string, object[]> | Behaviour) {
  const bulk: Behaviour = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(advisories));
  registry = await HostileServer.start({ '/-/npm/v1/security/advisories/bulk': [typeof advisories === 'function' ? advisories : bulk], '*': [status(404, {}, '{}')] });
  // npm keeps advisories that it was told.
  const env = { ...process.env, npm_config_registry: `${registry.origin}/`, npm_config_cache: cache };
  const child = spawn(process.execPath, ['.ci/supply-chain/audit.mjs'], { cwd: REPOSITORY, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const said = Buffer.concat(await child.stdout.toArray()).toString();
  return { code: child.exitCode ?? await new Promise((done) => child.once('close', done)), said };
}

beforeEach(() => {
  cache = newFolder();
});

afterEach(async () => {
  await registry.close();
  rmSync(cache, { recursive: true, force: true });
});

test('an advisory for what stands in a bundle fails, and says in which bundle', async () => {
  const { code, said } = await audit({ undici: [advisory('request smuggling')] });
  expect(code).toBe(1);
  expect(said).toMatch(/SHIPS: undici@[\d.]+ in assets\/extractor\/index\.js, .*: high, request smuggling \(https:\/\/example\.com\/1\)/);
});

test('an advisory for a tool that builds or tests is told, and does not fail', async () => {
  const { code, said } = await audit({ jest: [advisory('slow')] });
  expect(code).toBe(0);
  expect(said).toMatch(/1 with an advisory, 0 of them bundled\n {2}builds or tests: jest@[\d.]+: high, slow/);
});

test('without an advisory it says how much it looked at', async () => {
  const { code, said } = await audit({});
  expect(code).toBe(0);
  expect(said).toMatch(/^\d\d bundled components, \d{3} installed packages: 0 with an advisory, 0 of them bundled\n$/);
});

test.each([['refuses', status(405)], ['fails', status(500)], ['answers what is no JSON', status(200, {}, '<html>')]])('a registry that %s is a skipped step, not a passed one', async (_what, behaviour) => {
  const { code, said } = await audit(behaviour);
  expect({ code, said }).toEqual({ code: 77, said: expect.stringContaining('The registry has no answer to npm audit') });
});
