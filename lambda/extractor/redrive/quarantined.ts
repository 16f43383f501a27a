import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { quarantinePartitionPrefix, quarantinePrefix } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { createRecordSource } from '../format';
import { FieldReader, SchemaTree } from '../scan';
import { LakeStore } from '../store';

/** An entry is longer than its record, by reasons and position. */
const ENTRY_BYTES = 64 * 1024;

/** Bytes of JSON that one byte of a text can become. */
const LONGEST_ESCAPE = 6;

const HEAD = ['id', 'run_id', 'page', 'record'];

/** One line of the quarantine. */
export interface QuarantinedRecord {
  readonly id: string;
  /** Only a correction can help it, and not another contract. */
  readonly needsCorrection: boolean;
  /** The API sent no record: `original` is the text in its place. */
  readonly unreadable: boolean;
  /** What stays the same when it is judged again. */
  readonly known: Readonly<Record<string, unknown>>;
  readonly original: Buffer;
  readonly line: Buffer;
}

/** Dates of the partitions that hold something, in their order; those of a run's own redriving do not count. */
export async function quarantinedDates(store: LakeStore, source: string, runId: string): Promise<string[]> {
  const dates = new Set<string>();
  for await (const { key } of store.list(quarantinePrefix(source))) {
    const date = /=(\d{4}-\d\d-\d\d)\//.exec(key)?.[1];
    if (date !== undefined && !isOfRun(key, runId)) {
      dates.add(date);
    }
  }
  return [...dates].sort();
}

/** Objects of a partition that the run did not write itself. */
export async function quarantinedObjects(store: LakeStore, source: string, date: string, runId: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(quarantinePartitionPrefix(source, date))) {
    if (!isOfRun(key, runId)) {
      keys.push(key);
    }
  }
  return keys;
}

const isOfRun = (key: string, runId: string) => new RegExp(`/\\d{10}-${runId}-\\d+-\\d+\\.jsonl\\.gz$`).test(key);

/**
 * Reads an object of the quarantine.
 *
 * @param onRecord the bytes are used again when the call returns
 * @param onChunk between the pieces of an object
 */
export async function readQuarantined(
  store: LakeStore,
  key: string,
  maxRecordBytes: number,
  onRecord: (record: QuarantinedRecord) => void,
  onChunk: () => Promise<void>,
): Promise<void> {
  const object = await store.get(key);
  if (!object) {
    throw new ExtractorError('DATA_MISSING', `${store.describe(key)} was listed and is not there: call again`, { retryable: true, details: { key } });
  }
  const fields = new FieldReader([...HEAD.map((name) => `$.${name}`), '$.cause', '$.original']);
  const scanner = createRecordSource({ type: 'ndjson' }, undefined, {
    records: [],
    schema: new SchemaTree(),
    maxRecordBytes: maxRecordBytes * LONGEST_ESCAPE + ENTRY_BYTES,
    onRecord: (buffer, start, end) => onRecord(parse(fields, buffer, start, end)),
  });
  for await (const chunk of Readable.from([object.body]).pipe(createGunzip())) {
    scanner.write(chunk as Buffer);
    await onChunk();
  }
  scanner.end();
}

function parse(fields: FieldReader, buffer: Buffer, start: number, end: number): QuarantinedRecord {
  const texts = fields.read(buffer, start, end);
  const known = Object.fromEntries(HEAD.map((name, index) => [name, JSON.parse(texts[index] ?? 'null') as unknown]));
  const [cause, original] = texts.slice(HEAD.length);
  return {
    id: String(known.id),
    needsCorrection: cause !== '"contract"',
    unreadable: cause === '"format"',
    known,
    original: Buffer.from(original ?? 'null'),
    line: buffer.subarray(start, end),
  };
}
