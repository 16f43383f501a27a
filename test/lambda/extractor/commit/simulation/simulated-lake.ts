import { createHash } from 'node:crypto';
import { CopyOptions, CopyOutcome, ListedObject, PutOptions, PutOutcome, StoredObject } from '../../../../../lambda/extractor/store';

/** What a bucket holds, with S3's conditions; every operation takes effect at once. The scheduler says when. */
export class SimulatedLake {
  readonly objects = new Map<string, StoredObject>();
  /** Called after every change. */
  onChange: (key: string) => void = () => undefined;

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  put(key: string, body: Buffer, options: PutOptions): PutOutcome {
    const found = this.objects.get(key);
    if ((options.ifNoneMatch && found) || (options.ifMatch !== undefined && found?.etag !== options.ifMatch)) {
      return 'refused';
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    this.objects.set(key, { body, etag, metadata: options.metadata ?? {} });
    this.onChange(key);
    return { etag };
  }

  /** The source as a copy finds it; what it then writes is written by `finishCopy`, maybe much later. */
  startCopy(from: string, options: CopyOptions): StoredObject | CopyOutcome {
    const source = this.objects.get(from);
    if (!source) {
      return { copied: false, source: 'missing' };
    }
    return source.etag === options.ifMatch ? source : { copied: false, source: 'changed' };
  }

  finishCopy(source: StoredObject, to: string, options: CopyOptions): CopyOutcome {
    this.objects.set(to, { ...source, metadata: options.metadata ?? {} });
    this.onChange(to);
    return { copied: true, retried: false };
  }

  delete(key: string): void {
    this.objects.delete(key);
    this.onChange(key);
  }

  /** One page of a list. */
  list(prefix: string, after: string, limit: number): ListedObject[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort().slice(0, limit)
      .map((key) => ({ key, etag: this.objects.get(key)!.etag, size: this.objects.get(key)!.body.length }));
  }

  json<T>(key: string): T | undefined {
    const found = this.objects.get(key);
    return found && JSON.parse(found.body.toString()) as T;
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}
