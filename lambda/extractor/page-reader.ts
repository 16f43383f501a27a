import { ExtractorError } from './errors';
import { createRecordSource } from './format';
import { headerValue, PageRequest, PageResponse } from './http';
import { retryAfterSeconds } from './http/retry-after';
import { displayUrl } from './http/url';
import { PageDigest } from './page-digest';
import { PageFacts } from './paginate';
import { RecordSink } from './record-sink';
import { ResponseRules, Ruled } from './rules';
import { FieldReader, RecordSource } from './scan';
import { FormatSpec, JsonPathStep } from '../../src/spec';

/** Raw bytes of one page that may wait in memory for its end, so that a failed page can be taken back. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** The lines of pages on their way to compression. */
export interface PageOutput {
  /** Raw bytes of the page under way that can still be taken back. */
  readonly heldBytes: number;
  /** Raw bytes wait for compression: await `drain` before writing on. */
  readonly full: boolean;
  drain(): Promise<void>;
}

export interface PageReaderOptions {
  readonly format: FormatSpec | undefined;
  readonly rules: ResponseRules;
  readonly records: JsonPathStep[];
  readonly capture: readonly string[];
  /** JSONPath inside a record that the paginator needs of the last one. */
  readonly field?: string;
  /** Whether a record is stored. */
  readonly takes: (buffer: Buffer, start: number, end: number) => boolean;
  /** Whether a record that cannot be read is kept. */
  readonly takesUnreadable: () => boolean;
  /** Takes the records that are stored. */
  readonly sink: RecordSink;
  readonly maxRecordBytes: number;
  readonly output: PageOutput;
  /** The page under way is too large to hold: everything before it must be safe before it is let go. */
  readonly onLargePage: () => Promise<void>;
  /** Called between chunks of a large page: cuts a part when one is full. */
  readonly onLargePageChunk: () => Promise<void>;
}

/** A page whose lines stand in the part writer. */
export interface Page extends Omit<PageFacts, 'pages' | 'received'> {
  readonly digest: string;
  /** What the table shows otherwise than the response. */
  readonly warnings: readonly string[];
  /** A response rule leaves the page out, or says that it is the last one. */
  readonly ruled?: Ruled;
}

/** Streams one response through the scanner into the part writer. */
export class PageReader {
  private readonly field: FieldReader | undefined;
  private lastField: string | undefined;

  constructor(private readonly options: PageReaderOptions) {
    this.field = options.field === undefined ? undefined : new FieldReader([options.field]);
  }

  /** Resolves when a page can be read. */
  async prepare(): Promise<void> {
    await this.options.sink.prepare();
  }

  /** @throws ExtractorError; lines already written are the caller's to take back. */
  async read(request: PageRequest, response: PageResponse): Promise<Page> {
    const { output } = this.options;
    const digest = new PageDigest();
    this.lastField = undefined;
    const scanner = this.scanner(response, digest);
    let large = false;
    for await (const chunk of response.body) {
      scanner.write(chunk);
      if (!large && output.heldBytes > MAX_HELD_BYTES) {
        large = true;
        await this.options.onLargePage();
      }
      if (output.full) {
        await output.drain();
      }
      if (large) {
        await this.options.onLargePageChunk();
      }
    }
    const ruled = response.ruled ?? this.finish(request, response, scanner);
    return {
      ruled,
      records: ruled === 'skip' ? 0 : scanner.records,
      headers: response.headers,
      requestUrl: response.url,
      captured: (path) => scanner.captured(path),
      lastField: this.lastField,
      digest: digest.value(),
      warnings: scanner.warnings,
    };
  }

  /** Judges the whole response. An error in a success is known by a rule, not by the records that it lacks. */
  private finish(request: PageRequest, { status, headers, url }: PageResponse, scanner: RecordSource): Ruled | undefined {
    const { rules } = this.options;
    const missing = status === 204 ? undefined : recordsMissing(scanner); // 204 has no body: an empty page
    const response = { call: `${request.method} ${displayUrl(url)}`, status, headers, value: (path: string) => scanner.captured(path) };
    const rule = rules.match(response);
    if (rule) {
      return rules.apply(rule, response, { retryAfterSeconds: retryAfterSeconds(headerValue(headers, 'retry-after'), Date.now()) });
    }
    if (missing) {
      throw missing;
    }
    return undefined;
  }

  private scanner({ headers }: PageResponse, digest: PageDigest): RecordSource {
    const { format, records, capture, maxRecordBytes, takes, takesUnreadable, sink } = this.options;
    let record = 0;
    return createRecordSource(format, headerValue(headers, 'content-type'), {
      records,
      capture,
      maxRecordBytes,
      schema: sink.scannerSchema(),
      onRecord: (buffer, start, end) => {
        record++;
        digest.add(buffer, start, end);
        this.lastField = this.field?.read(buffer, start, end)[0];
        if (takes(buffer, start, end)) {
          sink.store(buffer, start, end, record);
        }
      },
      onUnreadable: !sink.takesTexts ? undefined : (unreadable) => {
        record++;
        digest.add(unreadable.text, 0, unreadable.text.length);
        if (takesUnreadable()) {
          sink.storeText(unreadable, record);
        }
      },
    });
  }
}

function recordsMissing(scanner: RecordSource): ExtractorError | undefined {
  try {
    scanner.end();
    return undefined;
  } catch (error) {
    if (error instanceof ExtractorError && error.code === 'RECORDS_PATH_MISSING') {
      return error;
    }
    throw error;
  }
}
