// Known vulnerabilities, by npm's advisories. One in what stands in the bundles (sbom.cdx.json) ends with 1; those of tools that
// build and test are told and end with 0; advisories that cannot be asked for end with 77, which .ci/run counts as skipped.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const bom = JSON.parse(readFileSync('sbom.cdx.json', 'utf8'));
const bundled = new Map(bom.components.map((component) => [`${[component.group, component.name].filter(Boolean).join('/')}@${component.version}`, component]));

const { stdout, stderr } = spawnSync('npm', ['audit', '--json', '--package-lock-only', '--fetch-retries=1', '--fetch-timeout=30000'], { encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 });
const report = parsed(stdout);
if (report?.vulnerabilities === undefined) {
  console.log(`The registry has no answer to npm audit: ${report?.message ?? report?.error?.summary ?? stderr.trim().split('\n')[0]}`);
  process.exit(77);
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const findings = Object.values(report.vulnerabilities).flatMap(findingsOf);
const shipped = findings.filter(({ component }) => component !== undefined);

console.log(`${bundled.size} bundled components, ${Object.keys(lock).length - 1} installed packages: ${findings.length} with an advisory, ${shipped.length} of them bundled`);
findings.forEach((finding) => console.log(`  ${finding.component === undefined ? 'builds or tests' : 'SHIPS'}: ${textOf(finding)}`));
process.exitCode = shipped.length > 0 ? 1 : 0;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One for each version installed; packages that only depend on a vulnerable one are told by that one. */
function findingsOf({ name, nodes, via }) {
  const advisories = via.filter((each) => typeof each === 'object');
  const versions = advisories.length === 0 ? [] : [...new Set(nodes.map((path) => lock[path].version))];
  return versions.map((version) => ({ label: `${name}@${version}`, component: bundled.get(`${name}@${version}`), advisories }));
}

function textOf({ label, component, advisories }) {
  const places = (component?.properties ?? []).filter(({ name }) => name === 'cdk-data-lake-pipeline:bundle').map(({ value }) => value);
  return `${label}${places.length > 0 ? ` in ${places.join(', ')}` : ''}: ${advisories.map(({ title, url, severity }) => `${severity}, ${title} (${url})`).join('; ')}`;
}
