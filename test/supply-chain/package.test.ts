import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackedLibrary, packLibrary, readPacked, REPOSITORY } from '../support/packed-library';

/** Unpacked, in bytes: what a consumer's disk, and jsii's five packages, carry. Raise it knowingly. */
const MAX_UNPACKED = 11 * 1024 * 1024;

interface Component {
  readonly 'group'?: string;
  readonly 'name': string;
  readonly 'version'?: string;
  readonly 'bom-ref': string;
  readonly 'licenses'?: object[];
  readonly 'properties'?: { name: string; value: string }[];
}

let packed: PackedLibrary;
let components: Component[];

beforeAll(() => {
  packed = packLibrary();
  ({ components } = JSON.parse(readPacked(packed, 'sbom.cdx.json')) as { components: Component[] });
});

afterAll(() => rmSync(packed.folder, { recursive: true, force: true }));

const labelOf = ({ group, name, version }: Component) => (group === undefined ? name : `${group}/${name}`) + (version === undefined ? '' : `@${version}`);

describe('files', () => {
  test('what runs is there', () => {
    expect(packed.files).toEqual(expect.arrayContaining([
      '.jsii', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'SECURITY.md', 'sbom.cdx.json', 'lib/index.js', 'bin/datalake.mjs', 'examples/randomuser/app.ts',
      ...['catalog', 'extractor', 'lake-formation', 'lineage'].map((name) => `assets/${name}/index.js`), 'assets/extractor/contract-validator.js',
    ]));
  });

  test('no folder or file is there that nobody meant to ship', () => {
    const places = new Set(packed.files.map((path) => path.split('/')[0]));
    expect([...places].sort()).toEqual([
      '.jsii', 'API.md', 'LICENSE', 'README.md', 'SECURITY.md', 'THIRD-PARTY-NOTICES.txt', 'assets', 'bin', 'docs', 'examples', 'lib', 'package.json', 'sbom.cdx.json',
    ]);
    expect(packed.files.filter((path) => /node_modules|\.datalake|cdk\.out|\.env|\.pem$|\.key$|\.tgz$|\.test\.|\.map$/.test(path))).toEqual([]);
  });

  test('nothing compiled is older than its source: every module of lib/ has one', () => {
    const modules = packed.files.filter((path) => /^lib\/.*\.js$/.test(path));
    expect(modules.length).toBeGreaterThan(100);
    expect(modules.filter((path) => !existsSync(join(REPOSITORY, path.replace(/^lib\/(.*)\.js$/, 'src/$1.ts'))))).toEqual([]);
  });

  test('no path of the machine that built it stands in them', () => {
    const traces = [REPOSITORY, `${homedir()}/`, `${dirname(tmpdir())}/`].filter((text) => text.length > 2);
    const found = packed.files.flatMap((path) => traces.filter((trace) => readPacked(packed, path).includes(trace)).map((trace) => `${path}: ${trace}`));
    expect(found).toEqual([]);
  });

  test('it stays small', () => {
    const bytes = packed.files.reduce((sum, path) => sum + Buffer.byteLength(readPacked(packed, path)), 0);
    expect(bytes).toBeLessThan(MAX_UNPACKED);
  });

  test('a consumer installs nothing but the peers', () => {
    const { dependencies, peerDependencies, scripts } = JSON.parse(readPacked(packed, 'package.json')) as Record<string, Record<string, string>>;
    expect(dependencies ?? {}).toEqual({});
    expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]); // nothing runs while it is installed
  });
});

describe('the bill of materials', () => {
  test('is valid CycloneDX', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(readPacked(packed, 'sbom.cdx.json'))).toBeNull();
    expect(await validator.validate('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"no type"}]}')).not.toBeNull();
  });

  test('names every package of others whose code stands in a bundle, at its version', () => {
    const known = new Set(components.map(labelOf));
    const inputs = metafiles().flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
    const bundled = new Set(inputs.flatMap(packageOf));
    expect(bundled.size).toBeGreaterThan(40);
    expect([...bundled].filter((label) => !known.has(label))).toEqual([]);
  });

  test('says in which bundle: every bundle that ships was looked into, and the extractor holds undici', () => {
    const bundles = packed.files.filter((path) => /^(assets|bin)\/.*\.m?js$/.test(path));
    const described = metafiles().flatMap(({ outputs }) => Object.keys(outputs));
    expect(bundles.length).toBeGreaterThan(10);
    expect(bundles.filter((path) => !described.includes(path))).toEqual([]);
    const places = (name: string) => components.find((component) => component.name === name)?.properties?.map(({ value }) => value);
    expect(places('undici')).toContain('assets/extractor/index.js');
    expect(places('llhttp')).toContain('assets/extractor/index.js');
    expect(places('commander')).toContain('bin');
  });
});

test('the notices name every component, and hold the words that its licence wants to travel with it', () => {
  const notices = readPacked(packed, 'THIRD-PARTY-NOTICES.txt');
  expect(components.map(labelOf).filter((label) => !notices.includes(`${label} (`))).toEqual([]);
  const words = ['Undici contributors', 'Copyright Fedor Indutny', 'Evgeny Poberezkin', 'Apache License', 'TJ Holowaychuk', 'Redistributions in binary form must reproduce'];
  expect(words.filter((each) => !notices.includes(each))).toEqual([]);
});

interface Metafile { readonly outputs: Record<string, { readonly inputs: object }> }

const metafiles = () => readdirSync(join(REPOSITORY, '.metafiles'))
  .map((name) => JSON.parse(readFileSync(join(REPOSITORY, '.metafiles', name), 'utf8')) as Metafile);

/** By the file system and not by the generator: the nearest package.json that has a version. */
function packageOf(input: string): string[] {
  const [folder, name] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
  return folder === undefined ? [] : [`${name}@${(JSON.parse(readFileSync(join(REPOSITORY, folder, 'package.json'), 'utf8')) as { version: string }).version}`];
}
