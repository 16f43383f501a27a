import { createHash } from 'node:crypto';
import { ExtractorError } from './errors';
import { FieldReader, scalarText } from './scan';

/** Characters of a digest: 8 bytes as base64url. Two records of ten thousand share one with a probability below 1 in 10^11. */
export const DIGEST_CHARS = 11;

/** Reads what tells a record from others. */
export class RecordKey {
  private readonly fields: FieldReader;

  /** @param more paths whose texts are handed back beside the digest */
  constructor(private readonly key: readonly string[], more: readonly string[] = []) {
    this.fields = new FieldReader([...key, ...more]);
  }

  /** The texts of the key's values, then those of the other paths. */
  read(buffer: Buffer, start: number, end: number): readonly (string | undefined)[] {
    return this.fields.read(buffer, start, end);
  }

  /** @throws ExtractorError KEY_MISSING */
  digest(texts: readonly (string | undefined)[], place: { page: number; record: number }, version = ''): string {
    const values = this.key.map((path, index) => scalarText(texts[index]) ?? missing(path, texts[index], place));
    return digestOf([...values, version]);
  }
}

export const digestOf = (texts: readonly string[]): string =>
  createHash('sha1').update(JSON.stringify(texts)).digest('base64url').slice(0, DIGEST_CHARS);

function missing(path: string, got: string | undefined, { page, record }: { page: number; record: number }): never {
  throw new ExtractorError('KEY_MISSING', `page ${page}, record ${record}: the key ${path} is ${got?.slice(0, 60) ?? 'missing'}, expected text or a number; `
    + 'name fields in "key" that every record has', { retryable: false, details: { page, record, path } });
}
