// Writes sbom.cdx.json (CycloneDX) and THIRD-PARTY-NOTICES.txt: what stands in the bundles that is not ours, by esbuild's metafiles.
// Ends with 1 when something must not ship. Usage: inventory.mjs [folder with package.json and .metafiles/]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMBEDDED } from './embedded.mjs';
import { licencesOf, objection, sharedTexts, textsOf } from './licences.mjs';

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const GENERATOR = join(REPOSITORY, 'node_modules/@cyclonedx/cyclonedx-esbuild/bin/cyclonedx-esbuild-cli.js');
const PROPERTY = 'cdk-data-lake-pipeline:bundle';

const root = resolve(process.argv[2] ?? '.');
const metafile = mergedMetafile();
const bom = billOfMaterials();
bom.components = [...bom.components ?? [], ...EMBEDDED.flatMap((part) => embedded(part, bom.components ?? []))];
const { components } = bom;

const texts = sharedTexts(components);
const objections = components.flatMap((component) => [objection(component, texts)].filter(Boolean).map((why) => `${labelOf(component)} ${why}`));
if (objections.length > 0) {
  console.error(['These must not stand in a bundle (.ci/supply-chain/licences.mjs):', ...objections].join('\n  '));
  process.exit(1);
}
writeFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), notices());
writeFileSync(join(root, 'sbom.cdx.json'), `${JSON.stringify({ ...bom, components: components.map(shipped) }, null, 2)}\n`);
console.log(`${components.length} components of others' making: ${Object.entries(countBy(components.flatMap(licencesOf))).map(([licence, n]) => `${n} ${licence}`).join(', ')}`);

function mergedMetafile() {
  const files = readdirSync(join(root, '.metafiles')).map((name) => JSON.parse(readFileSync(join(root, '.metafiles', name), 'utf8')));
  return { inputs: Object.assign({}, ...files.map(({ inputs }) => inputs)), outputs: Object.assign({}, ...files.map(({ outputs }) => outputs)) };
}

/** As the generator writes and validates it, with the texts of the licences. */
function billOfMaterials() {
  const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
  try {
    writeFileSync(join(folder, 'all.json'), JSON.stringify(metafile));
    const options = ['--build-working-dir', root, '--gather-license-texts', '--output-reproducible', '--mc-type', 'library', '--validate'];
    const { status, stderr } = spawnSync(process.execPath, [GENERATOR, ...options, '--output-file', join(folder, 'bom.json'), join(folder, 'all.json')], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`cyclonedx-esbuild: ${stderr}`);
    }
    return JSON.parse(readFileSync(join(folder, 'bom.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Code that a package took into its own files, under a notice that it does not repeat. */
function embedded({ name, within, license, copyright, url }, all) {
  return all.filter((component) => component.name === within && component.group === undefined).map((host) => ({
    'type': 'library',
    name,
    'bom-ref': `${name} in ${host['bom-ref']}`,
    'licenses': [{ license: { id: license } }],
    'externalReferences': [{ type: 'vcs', url }],
    'evidence': { licenses: [{ license: { name: 'notice', text: { content: noticeUnder(copyright, host) } } }] },
    'description': `Part of ${labelOf(host)}`,
  }));
}

/** The permission's words are those of the host's licence, which is the same. */
function noticeUnder(copyright, host) {
  const [text] = textsOf(host);
  return `${copyright}\n\n${text.slice(text.indexOf('Permission is hereby granted'))}`;
}

/** The licences' texts are in the notices; instead it says which bundle to replace when the component is found to be vulnerable. */
function shipped({ evidence, ...component }) {
  const host = EMBEDDED.find(({ name }) => name === component.name)?.within;
  const bundles = bundlesOf(host ?? [component.group, component.name].filter(Boolean).join('/'));
  return { ...component, properties: [...component.properties ?? [], ...bundles.map((value) => ({ name: PROPERTY, value }))] };
}

function bundlesOf(name) {
  const holding = Object.entries(metafile.outputs).filter(([, { inputs }]) => Object.keys(inputs).some((path) => packageOf(path) === name));
  return [...new Set(holding.map(([output]) => (output.startsWith('bin/') ? 'bin' : output)))].sort();
}

function packageOf(path) {
  return /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** One entry a text, under the names of all that it is for. */
function notices() {
  const byText = new Map();
  for (const component of components) {
    for (const text of textsOf(component)) {
      byText.set(text, [...byText.get(text) ?? [], component]);
    }
  }
  const untold = components.filter((component) => textsOf(component).length === 0);
  return [
    'The bundles in assets/ and bin/ hold code of these packages. Which version stands in which bundle: sbom.cdx.json.',
    ...untold.length > 0 ? [`Without a text of their own:\n${listOf(untold)}`] : [],
    ...[...byText].map(([text, holders]) => `${listOf(holders)}\n\n${text}`),
  ].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

function listOf(list) {
  return list.map((component) => `${labelOf(component)} (${licencesOf(component).join(', ')})`).join('\n');
}

function labelOf({ group, name, version }) {
  return [group, name].filter(Boolean).join('/') + (version === undefined ? '' : `@${version}`);
}

function countBy(values) {
  return values.reduce((counts, value) => ({ ...counts, [value]: (counts[value] ?? 0) + 1 }), {});
}
