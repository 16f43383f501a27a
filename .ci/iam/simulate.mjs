// Rung 4: what IAM would say to every call of calls.mjs, by the policies of synthesized templates.
//   node simulate.mjs FOLDER/<partition>/<name>.template.json...
// Each call is allowed, each neighbouring call is not; without any one statement some call fails; and what the code calls is in
// the list, and the list in the code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACTIONS_OF, INTEGRATIONS, PARTS, REFUSED } from './calls.mjs';
import { SERVICES } from './services.mjs';
import { ACCOUNT, Template } from './template.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const failures = [];
const fail = (message) => failures.push(message);

/** Of whom everything below asks. */
let template;
let asset;

function take(path) {
  const text = readFileSync(path, 'utf8');
  template = new Template(JSON.parse(text), basename(dirname(path)));
  asset = /([0-9a-f]{64}\.json)"/.exec(text)?.[1];
}

const resourceOf = (pattern) => pattern
  .replaceAll('{partition}', template.partition)
  .replaceAll('{region}', template.region)
  .replaceAll('{suffix}', template.pseudo['AWS::URLSuffix'])
  .replaceAll('{trail}', () => template.trail())
  .replace('{asset}', asset)
  .replace(/\{name ([^}]+)\}/g, (_, id) => template.name(template.find(id)))
  .replace(/\{([^}]+)\}/g, (_, id) => template.arn(template.find(id)))
  .replace(/:\*$/, ':log-stream:x');

/**
 * The simulator knows no keys of encryption contexts: these, ARNs, go by the name of another that is an ARN, too. Nor does it take
 * a service of China for one.
 */
const renamed = (value) => value && JSON.parse(JSON.stringify(value)
  .replaceAll(/kms:EncryptionContext:aws:(logs|sqs):arn/g, 'aws:SourceArn').replaceAll('.amazonaws.com.cn"', '.amazonaws.com"'));

const isAllowed = (role, policies, call) => isAllowedTo(`arn:${template.partition}:sts::${ACCOUNT}:assumed-role/${template.name(role)}/session`, policies, call);

async function isAllowedTo(principal, policies, [action, pattern, context = {}], policyAt = (arn) => template.policyAt(arn)) {
  const resource = resourceOf(pattern);
  const result = await runSimulation({
    request: {
      principal: renamed(principal),
      action,
      resource: { resource, accountId: resource.includes('another-bucket') ? '222222222222' : ACCOUNT },
      contextVariables: { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3', 'aws:PrincipalAccount': ACCOUNT, ...renamed(context) },
    },
    identityPolicies: policies,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: renamed(policyAt(resource)),
  }, {});
  if (result.resultType === 'error') {
    fail(`${action} ${resource} is no call: ${result.errors.message}`);
  }
  return (result.overallResult ?? result.result?.analysis?.result ?? result.analysis?.result) === 'Allowed';
}

const many = (value) => (Array.isArray(value) ? value : [value]);
const told = ([action, resource, context]) => `${action} ${resource}${context ? ` ${JSON.stringify(context)}` : ''}`;

/** Each statement taken away once: a call must notice. */
async function unneeded(role, policies, calls) {
  const left = [];
  for (const [i, { name, policy }] of policies.entries()) {
    for (const [j, statement] of policy.Statement.entries()) {
      const without = policies.map((other, k) => (k === i ? { name, policy: { ...policy, Statement: policy.Statement.filter((_, l) => l !== j) } } : other));
      const about = calls.filter(([action]) => many(statement.Action).includes(action));
      let noticed = false;
      for (const call of about) {
        noticed ||= !(await isAllowed(role, without, call));
        if (noticed) {
          break;
        }
      }
      if (!noticed) {
        left.push(`${many(statement.Action).join(', ')} on ${many(statement.Resource).join(', ')}`);
      }
    }
  }
  return left;
}

/** A function's files are those that its entry imports, directly or not; the command's are its folder's. */
function filesOf(code) {
  const folder = join(ROOT, code);
  const entry = join(folder, 'index.ts');
  const open = existsSync(entry) && code.startsWith('lambda/') ? [entry] : readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
  const files = new Map();
  while (open.length > 0) {
    const file = open.pop();
    if (!files.has(file)) {
      files.set(file, readFileSync(file, 'utf8'));
      const imports = [...files.get(file).matchAll(/from '(\.[^']+)'/g)].map(([, path]) => join(dirname(file), path));
      open.push(...(code.startsWith('lambda/') ? imports.map((path) => [`${path}.ts`, join(path, 'index.ts')].find((known) => existsSync(known))).filter(Boolean) : []));
    }
  }
  return [...files.values()];
}

/** What the code calls, as IAM names it. A command's service is that of the listed action with its name. */
function calledBy(code, listed, unused) {
  if (code.includes('^')) {
    return template.integrations(code.replace(/[{}]/g, '')).flatMap((integration) => {
      const call = integration.replace(/^states:::(aws-sdk:)?/, '');
      const [service, method] = call.split(':');
      return INTEGRATIONS[call] ?? [`${service === 'sfn' ? 'states' : service}:${method[0].toUpperCase()}${method.slice(1)}`];
    });
  }
  const commands = filesOf(code).flatMap((file) => [...file.matchAll(/\bnew ([A-Z]\w+)Command\b|\bpaginate([A-Z]\w+)\b/g)].map(([, name, page]) => name ?? page));
  unused.filter((name) => !commands.includes(name)).forEach((name) => fail(`${code} does not even have the command ${name}: take it out of unused`));
  return [...new Set(commands)].filter((name) => !unused.includes(name)).flatMap((name) => ACTIONS_OF[name] ?? [[...listed].find((action) => action.endsWith(`:${name}`)) ?? `?:${name}`]);
}

/** The list against the code, in both directions. Roles of one code are compared together, in whatever template they stand. */
function compareWithCode() {
  let compared = 0;
  for (const code of new Set(PARTS.map((part) => part.code).filter((known) => known !== undefined))) {
    const parts = PARTS.filter((part) => part.code === code);
    const listed = new Set(parts.flatMap(({ calls }) => calls).map(([action]) => action));
    const implied = new Set(parts.flatMap((part) => Object.keys(part.implied)));
    const called = new Set(calledBy(code, listed, parts.flatMap(({ unused = [] }) => unused)));
    compared += called.size;
    [...called].filter((action) => !listed.has(action)).forEach((action) => fail(`${code} calls ${action}, which is not in the list`));
    [...listed].filter((action) => !called.has(action) && !implied.has(action)).forEach((action) => fail(`${code} is listed with ${action}, which it does not call`));
  }
  return compared;
}

const counts = { services: 0, roles: 0, allowed: 0, refused: 0, statements: 0 };

async function simulate(part) {
  const role = template.find(part.role);
  const policies = template.policiesOf(role);
  for (const call of part.calls) {
    if (!(await isAllowed(role, policies, call))) {
      fail(`${part.part} may not ${told(call)}`);
    }
  }
  const refused = [...REFUSED, ...part.refused];
  for (const call of refused) {
    if (await isAllowed(role, policies, call)) {
      fail(`${part.part} may ${told(call)}`);
    }
  }
  const redundant = await unneeded(role, policies, part.calls);
  const known = part.redundantHere ?? [];
  redundant.filter((statement) => !known.some((action) => statement.startsWith(`${action} on `))).forEach((statement) => fail(`${part.part} has a statement that no call needs: ${statement}`));
  known.filter((action) => !redundant.some((statement) => statement.startsWith(`${action} on `))).forEach((action) => fail(`${part.part}: ${action} is redundant no more`));
  counts.roles++;
  counts.allowed += part.calls.length;
  counts.refused += refused.length;
  counts.statements += policies.flatMap(({ policy }) => policy.Statement).length;
}

/** A service's own calls: by the policies of keys, topics and buckets alone, of which each statement about it must be needed. */
async function simulateService({ part, service, calls, refused }) {
  const principal = resourceOf(service);
  const placed = (call) => [call[0], call[1], Object.fromEntries(Object.entries(call[2] ?? {}).map(([key, value]) => [key, resourceOf(value)]))];
  const ask = (call, policyAt) => isAllowedTo(principal, [], placed(call), policyAt);
  for (const [wanted, list] of [[true, calls], [false, refused]]) {
    for (const call of list) {
      if (await ask(call) !== wanted) {
        fail(`${part} may ${wanted ? 'not ' : ''}${told(call)}`);
      }
    }
  }
  for (const { policy, statement } of template.statementsAbout(principal)) {
    const without = { ...policy, Statement: policy.Statement.filter((one) => one !== statement) };
    const policyAt = (arn) => (JSON.stringify(template.policyAt(arn)) === JSON.stringify(policy) ? without : template.policyAt(arn));
    const answers = await Promise.all(calls.map((call) => ask(call, policyAt)));
    if (answers.every(Boolean)) {
      fail(`${part} is allowed what it never does: ${many(statement.Action).join(', ')}`);
    }
    counts.statements++;
  }
  counts.services++;
  counts.allowed += calls.length;
  counts.refused += refused.length;
}

/** The negative control: the simulator must refuse, and allow, for the reasons we think it does. */
async function control() {
  const extractor = template.find('^CodeSourcereposExtractorRole');
  const star = [{ name: 'star', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }];
  const [call] = PARTS[0].calls;
  if (await isAllowed(extractor, [], call) || !(await isAllowed(extractor, star, call)) || await isAllowed(extractor, star, [call[0], call[1], { 'aws:SecureTransport': 'false' }])) {
    fail('the simulator decides without looking at the policies: it checks nothing');
  }
}

const paths = process.argv.slice(2);
const simulated = new Set();
for (const path of paths) {
  take(path);
  const before = failures.length;
  const name = basename(path, '.template.json');
  for (const part of PARTS.filter(({ only, except }) => (only ?? name) === name && except !== name)) {
    await simulate(part);
    simulated.add(part);
  }
  for (const service of SERVICES.filter(() => name === 'everything-on')) {
    await simulateService(service);
  }
  const known = SERVICES.map(({ service }) => resourceOf(service));
  template.allowedServices().filter((service) => name === 'everything-on' && !known.includes(service)).forEach((service) => fail(`nobody looks at what the service ${service} may do`));
  await control();
  const roles = Object.entries(template.resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role').map(([id]) => id);
  roles.filter((id) => !PARTS.some(({ role }) => new RegExp(role).test(id))).forEach((id) => fail(`nobody looks at what role ${id} may do`));
  failures.splice(before, Infinity, ...failures.slice(before).map((message) => `${template.partition}/${name}: ${message}`));
}
PARTS.filter((part) => !simulated.has(part)).forEach(({ part }) => fail(`no template has the part ${part}`));
const compared = compareWithCode();

failures.forEach((message) => console.log(`  FAILED ${message}`));
console.log(`${paths.length} templates, ${counts.roles} roles and ${counts.services} services: ${counts.allowed} calls allowed, ${counts.refused} neighbouring calls refused, ${counts.statements} statements each taken away once, `
  + `${compared} calls of the code found in the list; ${failures.length} failures`);
process.exitCode = failures.length > 0 ? 1 : 0;
