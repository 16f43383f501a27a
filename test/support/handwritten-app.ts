import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { definitionString } from './handwritten-workflow';
import { MANIFEST_KEY, SourceManifest } from '../../src/spec/lake-manifest';

export const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'datalake-test-')));

export function writeFiles(root: string, files: Readonly<Record<string, unknown>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

/**
 * A function as small as one can be: it follows `API_URL`'s path. `/rows/N` stores N records, `/rows/N/in/M` needs M calls for
 * them, `/answer/JSON` answers that in the result's place, `/throw/CODE` fails with that code, `/busy/N` fails with BUSY N times,
 * `/exit`, `/hang`, `/env`.
 */
export const FUNCTION_CODE = `
const { gzipSync } = require('node:zlib');
let calls = 0;
exports.handler = async ({ runId }) => {
  calls++;
  const [, verb, value, , of] = new URL(process.env.API_URL).pathname.split('/');
  const source = JSON.parse(process.env.SOURCE_SPEC).source;
  if (verb === 'answer') return { runId, ...JSON.parse(decodeURIComponent(value)) };
  const log = (line) => console.log(JSON.stringify(line));
  const fail = (code, message) => {
    log({ level: 'ERROR', message, code, retryable: code === 'BUSY', details: { page: 3 } });
    throw Object.assign(new Error(message), { name: code });
  };
  if (verb === 'throw') fail(value, 'the API said no');
  if (verb === 'busy' && calls <= Number(value)) fail('BUSY', 'another run holds the source');
  if (verb === 'exit') process.exit(7);
  if (verb === 'hang') await new Promise((done) => setTimeout(done, 60000));
  const records = verb === 'rows' ? Number(value) : 1;
  const result = { source, runId, records, quarantined: 0, bytes: 0, parts: 1, pages: calls, schemaChanged: true, schemaHash: 'h', partition: 'ingestion_date=2026-01-02' };
  log({ _aws: { CloudWatchMetrics: [] }, RecordsExtracted: records });
  log({ level: 'INFO', message: 'progress', source, runId, pages: calls, records, bytes: 10 });
  if (of !== undefined && calls < Number(of)) return { ...result, done: false, retryAfterSeconds: 0 };
  const rows = Array.from({ length: records }, (_none, n) => JSON.stringify(verb === 'env' ? process.env : { n, who: source }) + '\\n').join('');
  const body = gzipSync(rows);
  const key = 'raw/' + source + '/ingestion_date=2026-01-02/0000000001-' + runId + '.jsonl.gz';
  const answer = await fetch(process.env.AWS_ENDPOINT_URL_S3 + '/' + process.env.DATA_BUCKET_NAME + '/' + key, { method: 'PUT', body });
  if (!answer.ok) throw new Error('PUT ' + answer.status + ' ' + await answer.text());
  return { ...result, done: true, bytes: body.length };
};
`;

export interface HandwrittenSource {
  readonly name: string;
  readonly url: unknown;
  readonly timeout?: number;
  readonly parent?: string;
  /** What its entry of the manifest and its function have besides. */
  readonly manifest?: Partial<SourceManifest>;
  readonly properties?: object;
}

/** A template as the construct writes it, in the parts that the command reads. */
export function handwrittenTemplate(sources: readonly HandwrittenSource[]) {
  return {
    Metadata: {
      [MANIFEST_KEY]: {
        version: 1,
        pipelines: {
          'Lake/Pipeline': {
            workgroup: 'Workgroup',
            stateMachine: 'StateMachine',
            sources: sources.map(({ name, parent, manifest }) => ({ name, function: `${name}Function`, crawler: `${name}Crawler`, parent, ...manifest })),
          },
        },
      },
    },
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket' },
      Database: { Type: 'AWS::Glue::Database', Properties: { DatabaseInput: { Name: 'lake_db' } } },
      Topic: { Type: 'AWS::SNS::Topic' },
      StateMachine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { StateMachineName: 'lake-workflow', DefinitionString: definitionString(sources.map(({ name }) => name)) },
      },
      Workgroup: { Type: 'AWS::Athena::WorkGroup', Properties: { Name: 'analysts' } },
      CountQuery: {
        Type: 'AWS::Athena::NamedQuery',
        Properties: { Name: 'how_many', Database: { Ref: 'Database' }, WorkGroup: { Ref: 'Workgroup' }, QueryString: `SELECT count(*) AS total FROM ${sources[0]?.name}` },
      },
      ...Object.fromEntries(sources.flatMap((source) => [
        [`${source.name}Function`, functionResource(source)],
        [`${source.name}Crawler`, crawlerResource(source)],
        [`${source.name}Table`, tableResource(source)],
      ])),
    },
  };
}

const functionResource = ({ name, url, timeout, properties }: HandwrittenSource) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: 'index.handler',
    MemorySize: 256,
    Timeout: timeout ?? 30,
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'code.zip' },
    Environment: {
      Variables: { API_URL: url, DATA_BUCKET_NAME: { Ref: 'Bucket' }, SOURCE_SPEC: JSON.stringify({ version: 1, source: name, records: '$' }) },
    },
    ...properties,
  },
});

const crawlerResource = ({ name }: HandwrittenSource) => ({
  Type: 'AWS::Glue::Crawler',
  Properties: {
    Name: `${name}-crawler`,
    DatabaseName: { Ref: 'Database' },
    Targets: { S3Targets: [{ Path: { 'Fn::Join': ['', ['s3://', { Ref: 'Bucket' }, `/raw/${name}/`]] } }] },
    Configuration: JSON.stringify({ Version: 1, Grouping: { TableLevelConfiguration: 3 } }),
  },
});

/** Found by a source whose manifest names it. */
const tableResource = ({ name }: HandwrittenSource) => ({
  Type: 'AWS::Glue::Table',
  Properties: {
    DatabaseName: { Ref: 'Database' },
    TableInput: {
      Name: name,
      StorageDescriptor: { Columns: [{ Name: 'n', Type: 'int' }], Location: { 'Fn::Join': ['', ['s3://', { Ref: 'Bucket' }, `/raw/${name}/`]] } },
    },
  },
});

/** The files of an assembly with one stack, `Lake`. */
export function handwrittenAssembly(template: object): Record<string, unknown> {
  return {
    'manifest.json': {
      version: '54.0.0',
      artifacts: {
        'Lake.assets': { type: 'cdk:asset-manifest', properties: { file: 'Lake.assets.json' } },
        'Lake': { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties: { templateFile: 'Lake.template.json' }, displayName: 'Lake' },
      },
    },
    'Lake.assets.json': {
      version: '54.0.0',
      files: { code: { source: { path: 'asset.code', packaging: 'zip' }, destinations: { here: { bucketName: 'b', objectKey: 'code.zip' } } } },
    },
    'Lake.template.json': template,
    'asset.code/index.js': FUNCTION_CODE,
  };
}

/** A folder with `cdk.out` in it, ready for `--assembly cdk.out`. */
export function handwrittenApp(...sources: readonly HandwrittenSource[]): string {
  const folder = newFolder();
  writeFiles(join(folder, 'cdk.out'), handwrittenAssembly(handwrittenTemplate(sources)));
  return folder;
}
