import { awscdk, javascript } from 'projen';

/** The runtime the bundles are compiled for: a laptop may run Node 20, Lambda runs a newer one. */
const BUNDLE_TARGET = 'node20';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-data-lake-pipeline',
  description: 'An AWS CDK construct that turns an HTTP API into a governed, queryable data lake table, and runs on a laptop before it is deployed',
  author: 'cdk-data-lake-pipeline maintainers',
  authorAddress: 'maintainers@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk-data-lake-pipeline/cdk-data-lake-pipeline.git',
  license: 'MIT',
  copyrightOwner: 'cdk-data-lake-pipeline maintainers',
  keywords: ['aws-cdk', 'cdk', 'data-lake', 'glue', 'athena', 'lake-formation', 'etl', 'ingestion'],
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  projenrcTsOptions: { projenCodeDir: '.projen' }, // its tsconfig stands beside projen's other files
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.18.1', // undici's
  // The lowest versions that npm, PyPI, Maven Central and the Go proxy all serve.
  cdkVersion: '2.263.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.0',

  publishToPypi: { distName: 'cdk-data-lake-pipeline', module: 'cdk_data_lake_pipeline' },
  publishToMaven: {
    javaPackage: 'io.github.cdkdatalakepipeline',
    mavenGroupId: 'io.github.cdkdatalakepipeline',
    mavenArtifactId: 'cdk-data-lake-pipeline',
  },
  publishToGo: { moduleName: 'github.com/cdk-data-lake-pipeline/cdk-data-lake-pipeline-go' },
  publishToNuget: { dotNetNamespace: 'CdkDataLakePipeline', packageId: 'CdkDataLakePipeline' },

  github: false,
  autoDetectBin: false,
  bin: { datalake: 'bin/datalake.mjs' },
  // Everything below is bundled by esbuild, so that a consumer installs no dependency but the peers.
  devDeps: [
    '@aws-lambda-powertools/logger',
    '@aws-lambda-powertools/metrics',
    '@aws-sdk/client-athena',
    '@aws-sdk/client-cloudformation',
    '@aws-sdk/client-cloudwatch-logs',
    '@aws-sdk/client-datazone',
    '@aws-sdk/client-eventbridge',
    '@aws-sdk/client-glue',
    '@aws-sdk/client-iam',
    '@aws-sdk/client-lakeformation',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-secrets-manager',
    '@aws-sdk/client-sfn',
    '@cyclonedx/cyclonedx-esbuild@^1.4.4',
    '@cyclonedx/cyclonedx-library@^10.3.0',
    '@duckdb/node-api@1.5.5-r.5',
    '@smithy/signature-v4@^5.7.5', // what the SDK brings: a second version would stand in the bundle twice
    '@types/aws-lambda',
    '@types/cli-progress',
    '@types/node@^20',
    'ajv@^8.20.0',
    'ajv-formats@^3.0.1',
    'asl-validator@^4.0.0',
    'aws-cdk@2.1148.1',
    'cdk-nag@3.0.2',
    'cli-progress@^3.12.0',
    'cli-table3@^0.6.5',
    'commander@^14.0.0',
    'esbuild@^0.28.0',
    'fast-check@^4.0.0',
    'jsonata@^2.2.2',
    'node-sql-parser@^5.4.0',
    'undici@^7.30.0',
  ],

  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    include: ['.projenrc.ts', 'src/**/*.ts', 'lambda/**/*.ts', 'cli/**/*.ts', 'examples/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'tools/**/*.ts'],
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2022'],
      types: ['node', 'jest'],
      skipLibCheck: true,
    },
  },
  eslintOptions: { dirs: ['src', 'lambda', 'cli', 'examples'], devdirs: ['test', 'bench', 'tools'], prettier: false },
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testTimeout: 60_000,
      globalSetup: '<rootDir>/test/support/temp-folder/create.ts',
      globalTeardown: '<rootDir>/test/support/temp-folder/remove.ts',
      collectCoverage: false,
    },
  },
  gitignore: ['/assets/', '/bin/', '/.metafiles/', '/sbom.cdx.json', '/THIRD-PARTY-NOTICES.txt', '/.venv/', '.datalake/', 'cdk.out/', '/bench/.venv/', '*.tgz'],
});

// The lock holds the binaries of all platforms only while the registry that wrote it has them: of these versions it did.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// --- what esbuild bundles into the package ---------------------------------------------------------------------------

/** Folders of lambda/ that become a function each. */
const FUNCTIONS = ['extractor', 'catalog', 'lineage', 'lake-formation'];

/** Loaded only by sources with a contract, so it stands beside the extractor's bundle and not in it. */
const CONTRACT_VALIDATOR = 'contract-validator';

/** What esbuild took into a bundle: the inventory of what ships is made of these. */
const metafile = (bundle: string) => `--metafile=.metafiles/${bundle.replace('/', '-')}.json`;

const bundleFunction = (entry: string, bundle: string) => ({
  exec: [
    `esbuild lambda/${entry}.ts --bundle --platform=node --format=cjs --minify --keep-names --legal-comments=none`,
    `--main-fields=module,main --target=${BUNDLE_TARGET} '--external:*/${CONTRACT_VALIDATOR}' --outfile=assets/${bundle}.js`,
    metafile(bundle),
  ].join(' '),
});
const bundleLambda = project.addTask('bundle:lambda', {
  description: 'Bundle the Lambda functions into assets/',
  steps: [
    ...FUNCTIONS.map((name) => bundleFunction(`${name}/index`, `${name}/index`)),
    bundleFunction(`extractor/contract/${CONTRACT_VALIDATOR}`, `extractor/${CONTRACT_VALIDATOR}`),
  ],
});
/** What Node gives CommonJS modules, for the libraries among them and for what of our own reads them. */
const ESM_BANNER = [
  'import { createRequire as createRequire_ } from "node:module";',
  'const require = createRequire_(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join(' ');

const bundleCli = project.addTask('bundle:cli', {
  description: 'Bundle the datalake command into bin/, in chunks: a verb loads what it needs (the AWS SDK would add 40 ms to each)',
  steps: [
    { exec: 'node -e "fs.rmSync(\'bin\', { recursive: true, force: true })"' }, // chunks have their content's hash in their names
    {
      exec: [
        'esbuild datalake=cli/main.ts --bundle --splitting --platform=node --format=esm --minify --keep-names --legal-comments=none',
        `--main-fields=module,main --target=${BUNDLE_TARGET} --external:@duckdb/node-api --out-extension:.js=.mjs --outdir=bin`,
        `'--banner:js=${ESM_BANNER}'`,
        metafile('datalake'),
      ].join(' '),
    },
    { exec: `esbuild cli/lambda-host/bootstrap.ts --bundle --platform=node --format=cjs --target=node20 --outfile=bin/bootstrap.js ${metafile('bootstrap')}` },
    { exec: 'chmod +x bin/datalake.mjs' },
  ],
});
const bundleInventory = project.addTask('bundle:inventory', {
  description: 'Write the bill of materials and the notices of what the bundles hold; a licence that may not ship ends the build',
  exec: 'node .ci/supply-chain/inventory.mjs',
});
project.preCompileTask.spawn(bundleLambda);
project.preCompileTask.spawn(bundleCli);
project.preCompileTask.spawn(bundleInventory);
project.preCompileTask.exec('node .ci/prune-lib.cjs');

// --- the commands a newcomer types -----------------------------------------------------------------------------------

const installIfNeeded = 'node .ci/install-if-needed.cjs';
const prepareTask = project.addTask('prepare:build', { description: 'Bundle and compile, without the documentation and the packages' });
prepareTask.exec(installIfNeeded); // npm drops the examples' link to the library whenever it installs
prepareTask.spawn(project.preCompileTask);
prepareTask.spawn(project.compileTask);

project.setScript('pretest', installIfNeeded);
project.setScript('test', 'npx projen prepare:build && npx projen typecheck && npx projen test');
project.setScript('predemo', installIfNeeded);
project.setScript('demo', 'npx projen prepare:build && npm --prefix examples/randomuser run --silent demo');

project.addTask('soak', {
  description: 'Random faults and kills against a known truth: --seconds N, --seed S',
  exec: 'ts-node -T -P tsconfig.dev.json test/faults/soak.ts',
  receiveArgs: true,
});
const verifyTask = project.addTask('verify:aws', {
  description: 'In an account of yours: deploys the example, checks what only AWS can show, deletes it. Says its cost first; --yes begins',
});
verifyTask.spawn(prepareTask);
verifyTask.exec('ts-node -T -P tsconfig.dev.json tools/verify-aws/main.ts', { receiveArgs: true });
project.addTask('typecheck', { description: 'Check the types of everything outside jsii', exec: 'tsc --noEmit -p tsconfig.dev.json' });

// jsii supports Node 20 until the library drops it; its end-of-life banner hides real warnings.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');
// projen's project service knows only the folders of tsconfig.json, which are jsii's.
for (const [key, value] of Object.entries({ projectService: undefined, project: './tsconfig.dev.json' })) {
  (project.tryFindObjectFile('.eslintrc.json'))?.addOverride(`parserOptions.${key}`, value);
}
project.eslint?.addRules({ 'max-len': ['error', { code: 150, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }] });
for (const folder of ['lambda/**', 'cli/**', 'examples/**']) {
  project.eslint?.allowDevDeps(folder);
}

project.npmignore?.addPatterns('/src/', '/lambda/', '/cli/', '/test/', '/bench/', '/tools/', '/.ci/', '/.metafiles/', '/.venv/', '.datalake/', 'cdk.out/');
project.npmignore?.addPatterns('!/assets/', '!/bin/', '!/examples/');

project.synth();
