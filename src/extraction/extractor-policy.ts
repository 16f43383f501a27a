import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Source } from './source';
import { backfillUnit } from '../spec/backfill';
import { quarantinePrefix, rawPrefix, runResultPrefix, sourceStagingPrefix, stateKey, streamStatesPrefix } from '../spec/object-keys';
import { bucketKeyStatements, KMS_WRITE, listStatement, objectStatement } from '../storage/lake-access';

/** What one source's extractor may do: its own prefixes, its own secrets. */
export function extractorStatements(source: Source, bucket: s3.IBucket): iam.PolicyStatement[] {
  const { name } = source;
  // Published, quarantined and staged parts are deleted when a newer snapshot replaces them; state and results never.
  const replaced = [rawPrefix(name), quarantinePrefix(name), sourceStagingPrefix(name)].map((prefix) => `${prefix}*`);
  const streams = backfillUnit(source._options.incremental?._render()) === undefined ? [] : [`${streamStatesPrefix(name)}*`];
  const kept = [stateKey(name), ...streams, `${runResultPrefix(name)}*`];
  return [
    objectStatement(bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], replaced),
    objectStatement(bucket, ['s3:GetObject', 's3:PutObject'], kept),
    listStatement(bucket, [...replaced, ...kept]),
    ...parentStatements(source, bucket),
    ...bucketKeyStatements(bucket, KMS_WRITE),
    ...(source._options.auth?._statements(source._options.method ?? 'GET') ?? []),
    ...(source._options.transforms ?? []).flatMap((transform) => transform._statements()),
  ];
}

/** A child reads what its parent has in the table, and of the parent's state which commit that is: nothing else of it. */
function parentStatements(source: Source, bucket: s3.IBucket): iam.PolicyStatement[] {
  const parent = source._options.parent?._source.name;
  if (parent === undefined) {
    return [];
  }
  const keys = [`${rawPrefix(parent)}*`, stateKey(parent)];
  return [objectStatement(bucket, ['s3:GetObject'], keys), listStatement(bucket, keys)];
}
