import { ExtractorError } from '../errors';
import { createRecordSource } from '../format';
import { FieldReader, SchemaTree } from '../scan';

/** Records that a person has corrected: lines of a quarantine with another `original`. */
export class Corrections {
  /** How many stood in quarantine. */
  matched = 0;
  private readonly originals = new Map<string, Buffer>();

  /** @throws ExtractorError CORRECTION_INVALID */
  constructor(lines: readonly string[], maxRecordBytes: number) {
    const fields = new FieldReader(['$.id', '$.original']);
    const scanner = createRecordSource({ type: 'ndjson' }, undefined, {
      records: [],
      schema: new SchemaTree(),
      maxRecordBytes,
      onRecord: (buffer, start, end) => {
        const [id, original] = fields.read(buffer, start, end);
        if (!id?.startsWith('"') || original === undefined) {
          throw invalid(`line ${scanner.records} has no ${id?.startsWith('"') ? 'original' : 'id'}`);
        }
        this.originals.set(JSON.parse(id) as string, Buffer.from(original));
      },
    });
    try {
      scanner.write(Buffer.from(`${lines.join('\n')}\n`));
      scanner.end();
    } catch (error) {
      throw error instanceof ExtractorError && error.code === 'CORRECTION_INVALID' ? error : invalid((error as Error).message);
    }
  }

  /** The record that stands for a quarantined one; undefined when nobody has corrected it. */
  take(id: string): Buffer | undefined {
    const original = this.originals.get(id);
    this.matched += original ? 1 : 0;
    return original;
  }
}

const invalid = (what: string) => new ExtractorError('CORRECTION_INVALID', `the corrections cannot be used: ${what}. `
  + 'Each line is a line of the quarantine, one JSON object, of which only "original" was changed', { retryable: false });
