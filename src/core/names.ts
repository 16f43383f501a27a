import { Names } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Longest name of a Glue database that Athena accepts whole. */
const MAX_DATABASE_NAME = 100;
const MAX_NAME = 128;

/** A Glue database name that is unique in the account as long as stack names are. */
export function uniqueDatabaseName(scope: IConstruct): string {
  return Names.uniqueResourceName(scope, { maxLength: MAX_DATABASE_NAME, separator: '_', allowedSpecialCharacters: '_' }).toLowerCase();
}

/** A name for a workgroup or a security configuration, unique in the account as long as stack names are. */
export function uniqueName(scope: IConstruct): string {
  return Names.uniqueResourceName(scope, { maxLength: MAX_NAME, separator: '-', allowedSpecialCharacters: '-_' });
}
