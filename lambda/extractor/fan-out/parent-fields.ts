import { ExtractorError } from '../errors';
import { FieldReader, SchemaTree } from '../scan';
import { Byte } from '../scan/bytes';
import { skipSpace } from '../scan/json-bytes';
import { VALUE_COLUMN } from '../scan/schema-tree';
import { ValueScanner } from '../scan/value-scanner';
import { Scratch } from '../transform/scratch';

/** Puts a parent's fields in front of a child's record; all other bytes stay as they were. */
export class ParentFields {
  private readonly scratch = new Scratch();
  private readonly taken: FieldReader;
  private learned: { readonly fields: string; readonly schema: SchemaTree } | undefined;

  constructor(private readonly names: readonly string[]) {
    this.taken = new FieldReader(names.map((name) => `$['${name.replace(/['\\]/g, '\\$&')}']`));
  }

  /**
   * The record with the fields; the bytes are used again at the next call.
   *
   * @param place of the record, for errors
   * @throws ExtractorError PARENT_FIELD_COLLISION
   */
  add(fields: string, record: Buffer, schema: SchemaTree, place: { page: number; record: number }): Buffer {
    if (fields === '') {
      return record;
    }
    this.learn(fields, schema);
    const isObject = record[0] === Byte.OpenBrace;
    if (isObject) {
      this.refuseTaken(record, place);
    }
    const length = this.scratch.splice(record, isObject
      ? [{ start: 1, end: 1, text: record[skipSpace(record, 1)] === Byte.CloseBrace ? fields : `${fields},` }]
      : [{ start: 0, end: 0, text: `{${fields},"${VALUE_COLUMN}": ` }, { start: record.length, end: record.length, text: '}' }]);
    return this.scratch.buffer.subarray(0, length);
  }

  /** They have columns as soon as a record has them. */
  private learn(fields: string, schema: SchemaTree): void {
    if (this.learned?.fields === fields && this.learned.schema === schema) {
      return;
    }
    const scanner = new ValueScanner(schema);
    scanner.buffer = Buffer.from(`{${fields}}\0`);
    scanner.end = scanner.buffer.length;
    scanner.value(0, schema.root, 0);
    this.learned = { fields, schema };
  }

  private refuseTaken(record: Buffer, place: { page: number; record: number }): void {
    const index = this.taken.read(record, 0, record.length).findIndex((text) => text !== undefined);
    if (index >= 0) {
      throw new ExtractorError('PARENT_FIELD_COLLISION', `page ${place.page}, record ${place.record}: the record has a field ${JSON.stringify(this.names[index])} already, `
        + 'which would carry a field of the parent; choose another name in parent.include', { retryable: false, details: { ...place, field: this.names[index] } });
    }
  }
}
