import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Outcome, ROOT, Workbench } from './workbench';
import { childEnvironment } from '../../cli/lambda-host/child-environment';
import { PaginationSpec } from '../../src/spec';

const BUCKET = 'lake';
/** As the construct sets it. */
const MEMORY_MB = 1024;
const BUNDLE = join(ROOT, 'assets/extractor');

let lakes = 0;

/** Extracts into a new, empty lake on a local S3 in a process of its own; the extractor is the bundle that the template deploys. */
export async function extractInto(bench: Workbench, url: string, pagination: PaginationSpec | undefined, flags: string[] = []): Promise<Outcome> {
  const root = join(bench.folder, `lake-${++lakes}`);
  mkdirSync(join(root, BUCKET), { recursive: true });
  const s3 = await bench.serve<{ endpoint: string }>('s3-server', { root });
  const env = childEnvironment({
    functionName: 'bench',
    handler: 'index.handler',
    codeDir: BUNDLE,
    memoryMb: MEMORY_MB,
    region: 'us-east-1',
    runtimeApi: '',
    environment: {
      API_URL: url,
      DATA_BUCKET_NAME: BUCKET,
      EXTRACTOR_ALLOWED_HOSTS: new URL(url).hostname,
      SOURCE_SPEC: JSON.stringify({ version: 1, source: 'users', records: '$.results', pagination }),
    },
    overrides: { AWS_ENDPOINT_URL_S3: s3.facts.endpoint },
  });
  try {
    return await bench.run('extractor', { bundle: BUNDLE }, { env, flags: [`--max-old-space-size=${Math.floor(MEMORY_MB * 0.9)}`, ...flags] });
  } finally {
    await s3.stop();
    rmSync(root, { recursive: true });
    rmSync(`${root}-meta`, { recursive: true, force: true });
  }
}
