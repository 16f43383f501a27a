import { Quarantine } from './contract';
import { ExtractorError } from './errors';
import { Output } from './output';
import { SchemaTree, UnreadableRecord } from './scan';
import { Byte } from './scan/bytes';
import { ValueScanner } from './scan/value-scanner';
import { RecordTransformer } from './transform';

export interface RecordSinkOptions {
  readonly output: Output;
  /** Changes records before they are stored. */
  readonly transformer?: RecordTransformer;
  /** Transforms keep something out of the lake. */
  readonly protects?: boolean;
  /** Adds to a record, by its number in the page, what the response does not hold. */
  readonly complete?: (record: Buffer, number: number) => Buffer;
  /** The run, and the number in it of the page under way. */
  readonly place: () => { readonly runId: string; readonly page: number };
  /** The record was no record of the table's. */
  readonly onQuarantined: () => void;
}

/** Brings a record into the output: transformed, completed, judged by the contract, as a line of the table or of the quarantine. */
export class RecordSink {
  private readonly quarantine: Quarantine | undefined;

  constructor(private readonly options: RecordSinkOptions) {
    this.quarantine = options.output.quarantine;
  }

  /** Resolves when records can be stored. */
  async prepare(): Promise<void> {
    await this.options.transformer?.prepare();
  }

  /** Where the scanner of what was sent notes the structure: the columns are those of what is stored. */
  scannerSchema(): SchemaTree {
    return this.options.transformer || this.quarantine ? new SchemaTree() : this.options.output.schema;
  }

  /** Whether the quarantine takes texts that are no records: not when there may be something in them that must not be stored. */
  get takesTexts(): boolean {
    return this.quarantine?.contract.failsAtOnce === false && !this.options.protects;
  }

  /** @param record its number in the page */
  storeText(text: UnreadableRecord, record: number): void {
    const parent = this.options.complete?.(Buffer.from('{}'), record);
    this.quarantine!.keepText(text, { ...this.options.place(), record }, parent);
    this.options.onQuarantined();
  }

  /** @param record its number in the page */
  store(buffer: Buffer, start: number, end: number, record: number): void {
    const { transformer } = this.options;
    if (transformer) {
      this.transform(transformer, buffer.subarray(start, end), record);
    } else {
      this.storeTransformed(buffer, start, end, record);
    }
  }

  private transform(transformer: RecordTransformer, bytes: Buffer, record: number): void {
    try {
      const length = transformer.apply(bytes, record);
      this.storeTransformed(transformer.buffer, 0, length, record);
    } catch (error) {
      if (!this.quarantine || !(error instanceof ExtractorError && error.code === 'RENAME_COLLISION')) {
        throw error;
      }
      const unnamed = transformer.buffer.subarray(0, transformer.applyToValues(bytes));
      const whole = this.options.complete?.(unnamed, record) ?? unnamed;
      const reasons = [{ pointer: '', keyword: 'rename', message: `has a field ${JSON.stringify(error.details.field)} already, which is the new name of another` }];
      this.quarantine.keep(whole, { ...this.options.place(), record }, { cause: 'transform', reasons });
      this.options.onQuarantined();
    }
  }

  private storeTransformed(buffer: Buffer, start: number, end: number, record: number): void {
    const { complete } = this.options;
    if (complete) {
      const completed = complete(buffer.subarray(start, end), record);
      this.storeWhole(completed, 0, completed.length, record);
    } else {
      this.storeWhole(buffer, start, end, record);
    }
  }

  private storeWhole(buffer: Buffer, start: number, end: number, record: number): void {
    const { transformer, output, place, onQuarantined } = this.options;
    if (this.quarantine && !this.quarantine.accepts(buffer, start, end, { ...place(), record })) {
      onQuarantined();
      return;
    }
    if (transformer || this.quarantine) {
      learn(output.schema, buffer, start, end);
    }
    output.writer.append(buffer, start, end);
  }
}

/** The schema notes the structure of one record, which was found valid. */
export function learn(schema: SchemaTree, buffer: Buffer, start: number, end: number): void {
  const scanner = new ValueScanner(schema);
  scanner.buffer = buffer;
  scanner.end = end + 1; // behind a value stands a byte that ends it
  scanner.value(start, buffer[start] === Byte.OpenBrace ? schema.root : schema.valueNode(), 0);
}
