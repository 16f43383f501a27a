import { createHash } from 'node:crypto';
import { Names, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Longest name of a Glue database that Athena accepts whole. */
const MAX_DATABASE_NAME = 100;
const MAX_NAME = 128;

/** What CloudWatch does not take in a dimension's value. */
const NO_DIMENSION = /[^\x20-\x7e]|^:/g;

/** The name of a pipeline in metrics, log lines and lineage: its path, as `datalake` shows it. */
export const pipelineNameOf = (pipeline: IConstruct): string => pipeline.node.path.replace(NO_DIMENSION, '_');

/** A Glue database name that is unique in the account as long as stack names are. */
export function uniqueDatabaseName(scope: IConstruct): string {
  return Names.uniqueResourceName(scope, { maxLength: MAX_DATABASE_NAME, separator: '_', allowedSpecialCharacters: '_' }).toLowerCase();
}

/**
 * A name for a workgroup, a security configuration or a state machine, unique in the account as long as stack names are.
 *
 * @param content another content makes another name: CloudFormation cannot replace a resource under the same one.
 * @param longest what the resource's type takes.
 */
export function uniqueName(scope: IConstruct, content?: string, longest: number = MAX_NAME): string {
  const suffix = content === undefined ? '' : `-${digest(Stack.of(scope).resolve(content))}`;
  const maxLength = longest - suffix.length;
  return `${Names.uniqueResourceName(scope, { maxLength, separator: '-', allowedSpecialCharacters: '-_' })}${suffix}`;
}

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
