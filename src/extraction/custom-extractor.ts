import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { checkCustomSource, CustomSourceOptions } from './custom-source';
import { grantStatements } from '../core/grant-statements';
import { ENV_DATA_BUCKET_NAME, ENV_DATA_PREFIX } from '../spec/environment';
import { rawPrefix } from '../spec/object-keys';
import { bucketKeyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

/** What an ExtractorFunction has, too. */
export interface BoundFunction {
  readonly lambdaFunction: lambda.IFunction;
  readonly logGroup: logs.ILogGroup;
}

/** Makes a function of the user's own the extractor of a source: its rights, and where it finds the bucket. */
export function bindCustomFunction(scope: Construct, name: string, options: CustomSourceOptions, bucket: s3.IBucket): BoundFunction {
  checkCustomSource(scope, name, options);
  const fn = options.function;
  grantStatements(fn, writeStatements(name, bucket));
  if (fn instanceof lambda.Function) {
    fn.addEnvironment(ENV_DATA_BUCKET_NAME, bucket.bucketName);
    fn.addEnvironment(ENV_DATA_PREFIX, rawPrefix(name));
  } else {
    Annotations.of(scope).addWarningV2('cdk-data-lake-pipeline:importedFunction',
      `sources.${name}.function: ${fn.node.path} is imported, so its environment cannot be set here; `
      + `set ${ENV_DATA_BUCKET_NAME} and ${ENV_DATA_PREFIX}=${rawPrefix(name)} where it is defined, then acknowledge this warning`);
  }
  return { lambdaFunction: fn, logGroup: logGroupOf(scope, fn) };
}

/** As the extractor may do it with the table's own objects; S3 asks for the abort where an upload has several parts. */
function writeStatements(name: string, bucket: s3.IBucket): iam.PolicyStatement[] {
  const own = [`${rawPrefix(name)}*`];
  return [
    objectStatement(bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], own),
    listStatement(bucket, own),
    ...bucketKeyStatements(bucket, KMS_WRITE),
  ];
}

/** Where Lambda writes the logs of a function. `lambda.Function.logGroup` is not asked: it may add a custom resource. */
function logGroupOf(scope: Construct, fn: lambda.IFunction): logs.ILogGroup {
  const { loggingConfig } = fn.node.defaultChild instanceof lambda.CfnFunction ? fn.node.defaultChild : { loggingConfig: undefined };
  const { logGroup } = (Stack.of(scope).resolve(loggingConfig) ?? {}) as lambda.CfnFunction.LoggingConfigProperty;
  return logs.LogGroup.fromLogGroupName(scope, 'Logs', logGroup === undefined ? `/aws/lambda/${fn.functionName}` : Token.asString(logGroup));
}
