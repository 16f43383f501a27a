import {
  CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { CopyOptions, CopyOutcome, LakeStore, ListedObject, PutOptions, PutOutcome, StoredObject } from './lake-store';
import { createS3Client } from './s3-client';
import { S3Clock } from './s3-clock';
import { nameOf, statusOf, storeError } from './store-errors';

export interface S3LakeStoreOptions {
  readonly bucket: string;
  /** @default - a client whose region, credentials and endpoint come from the environment */
  readonly client?: S3Client;
}

/** A LakeStore in one S3 bucket. Bodies are whole buffers: the SDK does not retry streams. */
export class S3LakeStore implements LakeStore {
  private readonly clock = new S3Clock();
  private readonly bucket: string;
  private readonly client: S3Client;

  constructor(options: S3LakeStoreOptions) {
    this.bucket = options.bucket;
    this.client = options.client ?? createS3Client();
    this.clock.watch(this.client);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    return this.unlessMissing('s3:GetObject', key, async () => {
      const answer = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      const body = Buffer.from(await answer.Body!.transformToByteArray());
      return { body, etag: answer.ETag!, metadata: answer.Metadata ?? {} };
    });
  }

  async head(key: string): Promise<Omit<StoredObject, 'body'> | undefined> {
    return this.unlessMissing('s3:GetObject', key, async () => {
      const answer = await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return { etag: answer.ETag!, metadata: answer.Metadata ?? {} };
    });
  }

  async put(key: string, body: Buffer, options: PutOptions): Promise<PutOutcome> {
    try {
      const command = new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: body,
        IfMatch: options.ifMatch,
        IfNoneMatch: options.ifNoneMatch,
        ContentType: options.contentType,
        Metadata: options.metadata && { ...options.metadata },
        ChecksumSHA256: options.sha256 && Buffer.from(options.sha256, 'hex').toString('base64'),
      });
      if (options.sha256 !== undefined) {
        signedAs(command, options.sha256);
      }
      const answer = await this.client.send(command);
      return { etag: answer.ETag! };
    } catch (error) {
      if (isRefusal(error, options)) {
        return 'refused';
      }
      throw storeError(error, { action: 's3:PutObject', bucket: this.bucket, key });
    }
  }

  async* list(prefix: string): AsyncIterable<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.listPage(prefix, token);
      for (const { Key, ETag, Size } of page.Contents ?? []) {
        yield { key: Key!, etag: ETag!, size: Size ?? 0 };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async copy(from: string, to: string, options: CopyOptions): Promise<CopyOutcome> {
    try {
      const answer = await this.client.send(new CopyObjectCommand({
        Bucket: this.bucket,
        Key: to,
        CopySource: `${this.bucket}/${from.split('/').map(encodeURIComponent).join('/')}`,
        CopySourceIfMatch: options.ifMatch,
        MetadataDirective: 'REPLACE',
        ContentType: options.contentType,
        Metadata: options.metadata && { ...options.metadata },
      }));
      if (answer.CopyObjectResult?.ETag === undefined) {
        throw new Error('the answer has status 200 and no copy result');
      }
      return { copied: true, retried: (answer.$metadata.attempts ?? 1) > 1 };
    } catch (error) {
      if (await this.isMissing(error, from)) {
        return { copied: false, source: 'missing' };
      }
      if (statusOf(error) === 412) {
        return { copied: false, source: 'changed' };
      }
      throw storeError(error, { action: 's3:PutObject', bucket: this.bucket, key: to });
    }
  }

  async delete(key: string): Promise<void> {
    await this.unlessMissing('s3:DeleteObject', key, () => this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key })));
  }

  now(): number {
    return this.clock.now();
  }

  describe(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }

  private async listPage(prefix: string, token: string | undefined) {
    try {
      return await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token }));
    } catch (error) {
      throw storeError(error, { action: 's3:ListBucket', bucket: this.bucket, key: prefix });
    }
  }

  /**
   * S3 answers 404 for a missing key only to a caller who may list the bucket, and the function's role may list its
   * own prefixes only: whether S3 weighs that condition for a single key is not documented, so a 403 asks the list.
   */
  private async isMissing(error: unknown, key: string): Promise<boolean> {
    if (statusOf(error) !== 403) {
      return nameOf(error) === 'NoSuchKey' || nameOf(error) === 'NotFound';
    }
    const found = await this.listPage(key, undefined).catch(() => undefined);
    return found !== undefined && !(found.Contents ?? []).some((object) => object.Key === key);
  }

  private async unlessMissing<T>(action: string, key: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (await this.isMissing(error, key)) {
        return undefined;
      }
      throw storeError(error, { action, bucket: this.bucket, key });
    }
  }
}

function isRefusal(error: unknown, options: PutOptions): boolean {
  const conditional = options.ifMatch !== undefined || options.ifNoneMatch !== undefined;
  // If-Match on a key that is gone is answered by 404 NoSuchKey; two conditional writes at once by 409.
  return conditional && (statusOf(error) === 412 || statusOf(error) === 409 || nameOf(error) === 'NoSuchKey');
}

/** The SDK would hash the body again to sign it. */
function signedAs(command: PutObjectCommand, sha256: string): void {
  command.middlewareStack.add((next) => async (args) => {
    (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = sha256;
    return next(args);
  }, { step: 'build', name: 'datalakeContentSha256' });
}
