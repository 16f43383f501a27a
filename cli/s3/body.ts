import { open, rm } from 'fs/promises';
import { AwsChunkedDecoder } from './aws-chunked';
import { BodyVerifier, Checksum } from './checksum';
import { S3Error } from './errors';
import { header, S3Request } from './request';

export interface ReceivedFile {
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly checksum?: Checksum;
}

/** Streams a request's body into a file and checks it; the file is gone again when anything is wrong with it. */
export async function receiveFile(request: S3Request, path: string): Promise<ReceivedFile> {
  const verifier = new BodyVerifier(request.headers);
  const decoder = isAwsChunked(request) ? new AwsChunkedDecoder() : undefined;
  const file = await open(path, 'wx');
  let size = 0;
  try {
    for await (const chunk of request.body as AsyncIterable<Buffer>) {
      for (const data of decoder ? decoder.push(chunk) : [chunk]) {
        verifier.update(data);
        await writeAll(file, data);
        size += data.length;
      }
    }
    decoder?.finish();
    checkLength(request, size);
    return { path, size, ...verifier.finish(decoder?.trailers ?? new Map()) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** A small document, such as the list of a multipart upload's parts. */
export async function receiveText(request: S3Request, maxBytes = 2 * 1024 * 1024): Promise<string> {
  const verifier = new BodyVerifier(request.headers);
  const decoder = isAwsChunked(request) ? new AwsChunkedDecoder() : undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.body as AsyncIterable<Buffer>) {
    for (const data of decoder ? decoder.push(chunk) : [chunk]) {
      size += data.length;
      if (size > maxBytes) throw new S3Error('MalformedXML', `The request's document is larger than ${maxBytes} bytes.`);
      verifier.update(data);
      pieces.push(data);
    }
  }
  decoder?.finish();
  verifier.finish(decoder?.trailers ?? new Map());
  return Buffer.concat(pieces).toString('utf8');
}

async function writeAll(file: { write(data: Buffer, offset: number): Promise<{ bytesWritten: number }> }, data: Buffer): Promise<void> {
  for (let offset = 0; offset < data.length;) offset += (await file.write(data, offset)).bytesWritten;
}

const isAwsChunked = ({ headers }: S3Request) =>
  /\baws-chunked\b/.test(header(headers, 'content-encoding') ?? '') || /^STREAMING-/.test(header(headers, 'x-amz-content-sha256') ?? '');

function checkLength({ headers }: S3Request, size: number): void {
  const stated = header(headers, 'x-amz-decoded-content-length');
  if (stated !== undefined && Number(stated) !== size) {
    throw new S3Error('IncompleteBody', `The request announces ${stated} bytes, but its body has ${size}.`);
  }
}
