import { join } from 'node:path';
import { Outcome, ROOT, Workbench } from './workbench';
import { childEnvironment } from '../../cli/lambda-host/child-environment';
import { PaginationSpec } from '../../src/spec';

const BUCKET = 'lake';
/** The construct's default. */
const MEMORY_MB = 1769;
/** As the sandbox starts it. */
const OLD_SPACE_SHARE = 0.9;
const BUNDLE = join(ROOT, 'assets/extractor');

export interface ExtractOptions {
  readonly pagination?: PaginationSpec;
  readonly concurrency?: number;
  /** The last of so many invocations of one process is measured: the others warm it. @default 1 */
  readonly invocations?: number;
  /** More of Node's flags, to profile. */
  readonly flags?: string[];
}

/** Extracts into a new, empty lake on an S3 in a process of its own; the extractor is the bundle that the template deploys. */
export async function extractInto(bench: Workbench, url: string, options: ExtractOptions = {}): Promise<Outcome> {
  const { pagination, concurrency, invocations = 1, flags = [] } = options;
  const s3 = await bench.serve<{ endpoint: string }>('memory-s3', {});
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
      SOURCE_SPEC: JSON.stringify({ version: 1, source: 'users', records: '$.results', pagination, concurrency }),
    },
    overrides: { AWS_ENDPOINT_URL_S3: s3.facts.endpoint },
  });
  try {
    return await bench.run('extractor', { bundle: BUNDLE, invocations }, { env, flags: [`--max-old-space-size=${Math.floor(MEMORY_MB * OLD_SPACE_SHARE)}`, ...flags] });
  } finally {
    await s3.stop();
  }
}
