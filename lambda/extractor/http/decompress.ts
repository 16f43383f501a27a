import { pipeline, Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { ExtractorError } from '../errors';

/** Low half of the first byte of zlib's format (RFC 1950, section 2.2). */
const DEFLATE_METHOD = 8;

const LONGEST_NAME = 40;

/** Some servers compress twice by mistake; each further coding would only cost memory. */
const MAX_CODINGS = 2;

const CHUNK = { chunkSize: 64 * 1024 };

type Decoder = (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

interface Watch {
  /** Before the decoders, when there are any. */
  wire(source: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
  /** After each decoder but the last. */
  between(source: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

// Node 20 has no zstd; a later runtime offers it without a change here.
const createZstd = (zlib as unknown as { createZstdDecompress?: (options: object) => NodeJS.ReadWriteStream }).createZstdDecompress;

const DECODERS: Readonly<Record<string, Decoder>> = {
  'gzip': (source) => through(source, zlib.createGunzip(CHUNK)),
  'x-gzip': (source) => through(source, zlib.createGunzip(CHUNK)),
  'deflate': inflateEither,
  'br': (source) => through(source, zlib.createBrotliDecompress(CHUNK)),
  ...(createZstd ? { zstd: (source: AsyncIterable<Buffer>) => through(source, createZstd(CHUNK)) } : {}),
};

export const ACCEPT_ENCODING = createZstd ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** Undoes the content codings of a response, the last one applied first. Streams; a cut stream is an error. */
export function decompress(source: AsyncIterable<Buffer>, contentEncoding: string | undefined, watch: Watch): AsyncIterable<Buffer> {
  const codings = (contentEncoding ?? '').toLowerCase().split(',').map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) {
    throw new ExtractorError('UNSUPPORTED_ENCODING', `the response is compressed ${codings.length} times, at most ${MAX_CODINGS} are undone`, { retryable: false });
  }
  return codings.reduceRight((stream, coding, index) => {
    const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
    if (!decoder) {
      throw new ExtractorError('UNSUPPORTED_ENCODING',
        `the response is compressed as ${JSON.stringify(coding.slice(0, LONGEST_NAME))}, accepted are ${ACCEPT_ENCODING}: `
        + `Node ${process.versions.node} undoes no other, and none was asked for unless the source's headers did`, { retryable: false });
    }
    const decoded = decoder(stream);
    return index === 0 ? decoded : watch.between(decoded);
  }, codings.length > 0 ? watch.wire(source) : source);
}

function through(source: AsyncIterable<Buffer>, decoder: NodeJS.ReadWriteStream): AsyncIterable<Buffer> {
  // The callback has nothing to do: pipeline destroys the decoder with the error, and whoever reads it gets that.
  return pipeline(source as Readable, decoder, () => undefined) as unknown as AsyncIterable<Buffer>;
}

/** "deflate" means zlib's format (RFC 9110, section 8.4.1.2), yet some servers send the bare stream. */
async function* inflateEither(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) {
    return;
  }
  const zlibFormat = first.value[0] % 16 === DEFLATE_METHOD;
  const whole = (async function* () {
    try {
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => chunks };
    } finally {
      await chunks.return?.();
    }
  })();
  yield* through(whole, zlibFormat ? zlib.createInflate(CHUNK) : zlib.createInflateRaw(CHUNK));
}
