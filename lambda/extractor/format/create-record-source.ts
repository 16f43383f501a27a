import { CharsetSource } from './charset-source';
import { CsvScanner } from './csv-scanner';
import { NdjsonScanner } from './ndjson-scanner';
import { FormatSpec } from '../../../src/spec/source-spec';
import { RecordScanner, RecordScannerOptions, RecordSource } from '../scan';

/**
 * What reads one response.
 *
 * @param contentType of the response: its charset counts when the format names none
 */
export function createRecordSource(format: FormatSpec | undefined, contentType: string | undefined, options: RecordScannerOptions): RecordSource {
  return new CharsetSource(scanner(format, options), format?.charset ?? declaredCharset(contentType));
}

function scanner(format: FormatSpec | undefined, options: RecordScannerOptions): RecordSource {
  switch (format?.type) {
    case 'ndjson': return new NdjsonScanner(options);
    case 'csv': return new CsvScanner(format, options);
    default: return new RecordScanner(options);
  }
}

function declaredCharset(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
}
