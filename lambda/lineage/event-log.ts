import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { RunEvent } from './events/open-lineage';
import { NamedEvent } from './events/run-events';
import { lineageEventKey } from '../../src/spec/lineage-spec';

/** The events of a lake, one object each: the first terminal event of a run stays its only one. */
export class EventLog {
  constructor(private readonly bucket: string, private readonly s3 = new S3Client({})) {}

  /** Stores an event; returns the one that counts, which is an earlier one if the run had ended already. */
  async add(source: string, parentId: string, { job, event }: NamedEvent): Promise<RunEvent> {
    const moment = event.eventType === 'START' ? 'START' : 'END';
    const key = lineageEventKey(source, parentId, job, moment);
    try {
      await this.s3.send(new PutObjectCommand({
        Bucket: this.bucket, Key: key, Body: JSON.stringify(event), ContentType: 'application/json', IfNoneMatch: '*',
      }));
      return event;
    } catch (error) {
      const stored = isTaken(error) ? await this.read(key) : undefined;
      if (stored === undefined) {
        throw error;
      }
      return stored;
    }
  }

  /** The START of a run, if it was told. */
  started(source: string, parentId: string): Promise<RunEvent | undefined> {
    return this.read(lineageEventKey(source, parentId, 'run', 'START'));
  }

  private async read(key: string): Promise<RunEvent | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return JSON.parse(await Body!.transformToString()) as RunEvent;
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') {
        return undefined;
      }
      throw error;
    }
  }
}

/** 412: the object is there; 409: another writer is at it at this moment, and its event is the same. */
function isTaken(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 412 || status === 409;
}
