import { devNull } from 'os';

export interface ChildEnvironmentOptions {
  readonly functionName: string;
  readonly handler: string;
  readonly codeDir: string;
  readonly memoryMb: number;
  readonly region: string;
  /** The function's own variables, from the template. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the laptop adds: endpoints and the like. Wins over everything. */
  readonly overrides: Readonly<Record<string, string>>;
  /** host:port of the Runtime API. */
  readonly runtimeApi: string;
}

/** All that the function gets to see of the person's own environment. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SystemRoot', 'TEMP', 'TMP'];

/** The sandbox's environment: nothing of the person's credentials, profiles or proxies. */
export function childEnvironment(options: ChildEnvironmentOptions): Record<string, string> {
  const { functionName, region, environment, overrides } = options;
  return {
    ...inherited(),
    // A profile in the home folder must not lead the SDK out of the local lake.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    // Speaks of the laptop's Node, not of the one that Lambda runs.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    ...environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: options.runtimeApi,
    LAMBDA_TASK_ROOT: options.codeDir,
    _HANDLER: options.handler,
    ...overrides,
  };
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(PASSED_ON.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }));

/** The partition follows from the region, as in every ARN. */
export function functionArn(region: string, functionName: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return ['arn', partition, 'lambda', region, '000000000000', 'function', functionName].join(':');
}
