import { ExtractorError } from '../../../../lambda/extractor/errors';
import { HttpClient, HttpClientOptions } from '../../../../lambda/extractor/http/http-client';
import { PageRequest, PageResponse } from '../../../../lambda/extractor/http/page-request';

export const clientFor = (apiOrigin: string, options: Partial<HttpClientOptions> = {}) =>
  new HttpClient({ apiOrigin, allowedHosts: ['127.0.0.1', '127.0.0.2'], redact: (text) => text, ...options });

export const get = (url: string, headers: Record<string, string> = {}): PageRequest => ({ method: 'GET', url, headers });

export async function read(page: PageResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of page.body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<ExtractorError> {
  try {
    await call;
  } catch (error) {
    expect(error).toBeInstanceOf(ExtractorError);
    return error as ExtractorError;
  }
  throw new Error('the call succeeded, and was to fail');
}
