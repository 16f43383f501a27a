import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { checkExtractorOptions } from './check-extractor-options';
import { checkHidesSecrets, warnOfClearText } from './clear-text';
import { ExtractionMetrics } from './extraction-metrics';
import { DEFAULT_LOG_RETENTION, DEFAULT_MEMORY_SIZE, DEFAULT_TIMEOUT_MINUTES, ExtractorOptions } from './extractor-options';
import { extractorStatements } from './extractor-policy';
import { Source } from './source';
import { addBundledFunction } from '../core/bundled-function';
import { checkAccount, checkRegion } from '../core/checks';
import { pipelineNameOf } from '../core/names';
import { Problems } from '../core/problems';
import { FunctionNetwork } from '../network/function-network';
import { ContractSpec } from '../spec/contract-spec';
import { ENV_API_URL, ENV_DATA_BUCKET_NAME, ENV_PIPELINE_NAME, ENV_SOURCE_SPEC, MAX_ENVIRONMENT_BYTES } from '../spec/environment';
import { SourceSpec } from '../spec/source-spec';

/** Room for a value that is known at deployment only, such as a secret's ARN. */
const TOKEN_BYTES = 160;

/** Options of an ExtractorFunction. */
export interface ExtractorFunctionProps extends ExtractorOptions {
  /** What is extracted. */
  readonly source: Source;

  /** Bucket that receives the records. */
  readonly bucket: s3.IBucket;

  /**
   * What metrics and log lines name the pipeline.
   *
   * @default - the construct's path
   */
  readonly pipelineName?: string;

  /**
   * Key that encrypts the logs. An imported key's policy must let CloudWatch Logs use it.
   *
   * @default - CloudWatch's own encryption
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Where the function stands in a VPC.
   *
   * @default - in no VPC
   */
  readonly network?: FunctionNetwork;

  /**
   * What happens to the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The Lambda function that extracts one source into the bucket, with a role that reaches nothing else. */
export class ExtractorFunction extends ExtractionMetrics implements iam.IGrantable {
  /** The `pipeline` of its metrics and log lines. */
  readonly pipelineName: string;
  /** Name of the source and of its table. */
  readonly sourceName: string;
  /** The function. */
  readonly lambdaFunction: lambda.Function;
  /** Its role. */
  readonly role: iam.Role;
  /** Its permissions. */
  readonly policy: iam.ManagedPolicy;
  /** Its logs. */
  readonly logGroup: logs.LogGroup;
  /** The role, as what others grant rights to. */
  readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: ExtractorFunctionProps) {
    super(scope, id);
    this.pipelineName = props.pipelineName ?? pipelineNameOf(this);
    this.sourceName = props.source.name;
    this.check(props);
    const contract = props.source._options.contract?._bind(this);
    const added = addBundledFunction(this, {
      bundle: 'extractor',
      description: `Extracts ${props.source.name} into the data lake`,
      environment: this.environment(props, contract?.spec),
      memorySize: props.memorySize ?? DEFAULT_MEMORY_SIZE,
      timeout: props.timeout ?? Duration.minutes(DEFAULT_TIMEOUT_MINUTES),
      logRetention: props.logRetention ?? DEFAULT_LOG_RETENTION,
      encryptionKey: props.encryptionKey,
      network: props.network,
      removalPolicy: props.removalPolicy,
      statements: [...extractorStatements(props.source, props.bucket), ...contract?.statements ?? []],
    });
    this.lambdaFunction = added.lambdaFunction;
    this.logGroup = added.logGroup;
    this.policy = added.policy;
    this.role = added.role;
    this.grantPrincipal = this.role;
  }

  /** Lets someone run the extractor. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.lambdaFunction.grantInvoke(grantee);
  }

  private check(props: ExtractorFunctionProps): void {
    const problems = new Problems(this);
    problems.check(props.source._custom === undefined, 'source', props.source.name, 'it has a function of its own: pass one made with Source.http');
    problems.throwIfAny();
    checkExtractorOptions(props, problems);
    checkRegion(problems, 'encryptionKey', props.encryptionKey, this);
    checkAccount(problems, 'encryptionKey', props.encryptionKey, this);
    props.source._check(problems);
    checkHidesSecrets(this, props.source, problems);
    problems.throwIfAny();
    warnOfClearText(this, props.source);
  }

  private environment({ source, bucket }: ExtractorFunctionProps, contract: ContractSpec | undefined): Record<string, string> {
    const spec: SourceSpec = { ...source._render(), ...(contract && { contract }) };
    const problems = new Problems(this);
    const bytes = environmentBytes(spec, source._options.url, this.pipelineName);
    problems.check(bytes <= MAX_ENVIRONMENT_BYTES, `sources.${source.name}`, `${bytes} bytes of environment`,
      `Lambda takes ${MAX_ENVIRONMENT_BYTES}: shorten url, query, headers or body`);
    problems.throwIfAny();
    return {
      [ENV_API_URL]: source._options.url,
      [ENV_DATA_BUCKET_NAME]: bucket.bucketName,
      [ENV_PIPELINE_NAME]: this.pipelineName,
      [ENV_SOURCE_SPEC]: this.specText(spec),
    };
  }

  private specText(spec: SourceSpec): string {
    const text = JSON.stringify(spec);
    return Token.isUnresolved(text) ? Stack.of(this).toJsonString(spec) : text;
  }
}

function environmentBytes(spec: SourceSpec, url: string, pipelineName: string): number {
  const bucketName = 63;
  const known = [ENV_API_URL, ENV_DATA_BUCKET_NAME, ENV_PIPELINE_NAME, ENV_SOURCE_SPEC, JSON.stringify(spec), url, pipelineName].join('');
  const resolvable = known.replace(/\$\{Token\[[^\]]*\]\}/g, 'x'.repeat(TOKEN_BYTES));
  return Buffer.byteLength(resolvable) + bucketName;
}
