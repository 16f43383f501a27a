import { createGunzip } from 'node:zlib';
import { ParentSet } from './parent-set';
import { ExtractorError } from '../errors';
import { LakeStore } from '../store';

const LINE_FEED = 0x0a;

/** Thrown when an object of the set that a run reads is gone: a newer commit of the parent has replaced it. */
export class ParentsReplaced extends Error {}

/**
 * The records of one object, line by line. The object is fetched whole, compressed as it is, because its lines may be
 * asked for over hours, and is unpacked as they are.
 */
export async function* parentLines(store: LakeStore, { key, etag }: ParentSet['objects'][number]): AsyncGenerator<Buffer> {
  const object = await store.get(key);
  if (object?.etag !== etag) {
    throw new ParentsReplaced(key);
  }
  const gunzip = createGunzip();
  gunzip.end(object.body);
  let rest: Buffer[] = [];
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        yield Buffer.concat([...rest, chunk.subarray(start, end)]);
        rest = [];
        start = end + 1;
      }
      rest.push(chunk.subarray(start));
    }
  } catch (error) {
    throw unreadable(store.describe(key), (error as Error).message);
  }
}

/** A record that is to be read by FieldReader, which checks nothing. */
export function checkRecord(line: Buffer, place: () => string): void {
  try {
    JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw unreadable(place(), (error as Error).message);
  }
}

const unreadable = (place: string, why: string) => new ExtractorError('PARENT_UNREADABLE',
  `${place} is not what the parent's run wrote (${why}): restore its version, or run the parent again`, { retryable: false, details: { place } });
