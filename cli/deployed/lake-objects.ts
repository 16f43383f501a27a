import { GetTableCommand } from '@aws-sdk/client-glue';
import { _Object, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { callAws, isAwsError } from './aws-error';
import { getCrawler } from './crawl';
import { DeployedStack } from './deployed-stack';
import { executionPrefix } from '../../src/spec/object-keys';
import { Crawler, Source } from '../assembly/lake-model';
import { CommandError } from '../errors';

export interface LakeObject {
  readonly key: string;
  readonly modified: Date;
}

/** Who runs a run: the record that the workflow writes before anything else. */
export interface Claim {
  readonly runId: string;
  readonly executionArn: string;
  readonly at: Date;
}

/** What the lake's own records say of a source in AWS. */
export class LakeObjects {
  /** The deployed bucket is where the crawler looks, or where the declared table stands. */
  static async of(stack: DeployedStack, source: Source): Promise<LakeObjects> {
    const { path = '', database } = source.crawler ? await crawledPlace(stack, source.crawler) : await declaredPlace(stack, source);
    const bucket = /^s3:\/\/([^/]+)/.exec(path)?.[1];
    if (bucket === undefined) {
      throw new CommandError('STACK_OUTDATED', `source "${source.name}" stands in no bucket in AWS: its place is "${path}"`, { details: { source: source.name } });
    }
    return new LakeObjects(stack, bucket, database);
  }

  private constructor(private readonly stack: DeployedStack, readonly bucket: string, readonly database: string) {}

  async list(prefix: string): Promise<LakeObject[]> {
    const objects: _Object[] = [];
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token });
      const { Contents = [], NextContinuationToken } = await callAws(`list s3://${this.bucket}/${prefix}`, () => this.stack.s3.send(command));
      objects.push(...Contents);
      token = NextContinuationToken;
    } while (token !== undefined);
    return objects.map(({ Key = '', LastModified = new Date(0) }) => ({ key: Key, modified: LastModified }));
  }

  async newest(prefix: string): Promise<LakeObject | undefined> {
    return (await this.list(prefix)).sort((a, b) => b.modified.getTime() - a.modified.getTime())[0];
  }

  /** Undefined when there is no such object. */
  async json<T>(key: string): Promise<T | undefined> {
    try {
      const { Body } = await callAws(`read s3://${this.bucket}/${key}`, () => this.stack.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key })));
      return JSON.parse(await Body!.transformToString()) as T;
    } catch (error) {
      if (isAwsError(error, 'NoSuchKey')) {
        return undefined;
      }
      throw error instanceof SyntaxError
        ? new CommandError('LAKE_DAMAGED', `cannot read s3://${this.bucket}/${key}: ${error.message}`, { details: { key }, cause: error })
        : error;
    }
  }

  /** The execution that began a run of the source last. */
  async lastClaim(source: string): Promise<Claim | undefined> {
    const prefix = executionPrefix(source);
    const newest = await this.newest(prefix);
    const claim = newest && await this.json<{ executionArn: string }>(newest.key);
    return claim && newest && { runId: newest.key.slice(prefix.length, -'.json'.length), executionArn: claim.executionArn, at: newest.modified };
  }
}

interface Place {
  readonly path?: string;
  readonly database: string;
}

async function crawledPlace(stack: DeployedStack, { logicalId, database }: Crawler): Promise<Place> {
  const { Targets, DatabaseName } = await getCrawler(stack, await stack.physicalId(logicalId));
  return { path: Targets?.S3Targets?.[0]?.Path, database: DatabaseName ?? database };
}

async function declaredPlace(stack: DeployedStack, { name, table: { database } }: Source): Promise<Place> {
  const command = new GetTableCommand({ DatabaseName: database, Name: name });
  const { Table } = await callAws(`read table ${database}.${name}`, () => stack.glue.send(command));
  return { path: Table?.StorageDescriptor?.Location, database };
}
