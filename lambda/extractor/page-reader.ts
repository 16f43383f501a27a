import { HttpClient, PageRequest } from './http';
import { PageDigest } from './page-digest';
import { PageFacts } from './paginate';
import { PartWriter } from './part';
import { RecordScanner, SchemaTree } from './scan';
import { JsonPathStep } from '../../src/spec';

/** Raw bytes of one page that may wait in memory for its end, so that a failed page can be taken back. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

export interface PageReaderOptions {
  readonly client: HttpClient;
  readonly records: JsonPathStep[];
  readonly capture: readonly string[];
  readonly maxRecordBytes: number;
  readonly writer: PartWriter;
  readonly schema: () => SchemaTree;
  /** The page under way is too large to hold: everything before it must be safe before it is let go. */
  readonly onLargePage: () => Promise<void>;
  /** Called between chunks of a large page: cuts a part when one is full. */
  readonly onLargePageChunk: () => Promise<void>;
}

/** A page whose lines stand in the part writer. */
export interface Page extends Omit<PageFacts, 'pages'> {
  readonly digest: string;
}

/** Streams one response through the scanner into the part writer. */
export class PageReader {
  constructor(private readonly options: PageReaderOptions) {}

  /** @throws ExtractorError; lines already written are the caller's to take back. */
  async read(request: PageRequest, signal: AbortSignal): Promise<Page> {
    const { client, writer } = this.options;
    const response = await client.open(request, signal);
    const digest = new PageDigest();
    const scanner = this.scanner(digest);
    let large = false;
    for await (const chunk of response.body) {
      scanner.write(chunk);
      if (!large && writer.heldBytes > MAX_HELD_BYTES) {
        large = true;
        await this.options.onLargePage();
      }
      if (writer.full) {
        await writer.drain();
      }
      if (large) {
        await this.options.onLargePageChunk();
      }
    }
    if (response.status !== 204) { // 204 has no body: an empty page
      scanner.end();
    }
    return {
      records: scanner.records,
      headers: response.headers,
      requestUrl: response.url,
      captured: (path) => scanner.captured(path),
      digest: digest.value(),
    };
  }

  private scanner(digest: PageDigest): RecordScanner {
    const { records, capture, maxRecordBytes, writer, schema } = this.options;
    return new RecordScanner({
      records,
      capture,
      maxRecordBytes,
      schema: schema(),
      onRecord: (buffer, start, end) => {
        digest.add(buffer, start, end);
        writer.append(buffer, start, end);
      },
    });
  }
}
