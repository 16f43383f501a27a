import type { IncomingHttpHeaders } from 'http';
import { S3Error } from './errors';
import type { Guard, StoredObject } from './object-store';
import { header } from './request';

const failed = (condition: string) =>
  new S3Error('PreconditionFailed', `At least one of the pre-conditions you specified did not hold: ${condition}.`);

const lists = (value: string, etag: string) =>
  value.split(',').map((item) => item.trim().replace(/^W\//, '').replace(/"/g, '')).some((item) => item === '*' || item === etag);

/** HTTP dates have whole seconds. */
const seconds = (time: Date) => Math.floor(time.getTime() / 1000);

/** If-Match and If-None-Match of a write or a delete, as S3 defines them. */
export function writeGuard(headers: IncomingHttpHeaders): Guard {
  const match = header(headers, 'if-match');
  const noneMatch = header(headers, 'if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new S3Error('NotImplemented', 'A header you provided implies functionality that is not implemented: If-None-Match of a write takes only "*".');
  }
  return (present) => {
    if (noneMatch !== undefined && present) throw failed('If-None-Match');
    if (match === undefined) return;
    if (!present) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    if (!lists(match, present.etag)) throw failed('If-Match');
  };
}

/** If-Match of a delete; deleting what is not there succeeds. */
export function deleteGuard(headers: IncomingHttpHeaders): Guard {
  const match = header(headers, 'if-match');
  return (present) => {
    if (match !== undefined && present && !lists(match, present.etag)) throw failed('If-Match');
  };
}

/** The four conditions of a read; `prefix` is `x-amz-copy-source-` for the source of a copy. */
export function checkRead(headers: IncomingHttpHeaders, object: StoredObject, prefix = ''): void {
  const of = (name: string) => header(headers, prefix + name);
  const [match, noneMatch] = [of('if-match'), of('if-none-match')];
  const [modified, unmodified] = [dateOf(of('if-modified-since')), dateOf(of('if-unmodified-since'))];
  // If-Match overrides If-Unmodified-Since, and If-None-Match overrides If-Modified-Since (RFC 9110, 13.2.2).
  if (match !== undefined) {
    if (!lists(match, object.etag)) throw failed('If-Match');
  } else if (unmodified && seconds(object.lastModified) > seconds(unmodified)) {
    throw failed('If-Unmodified-Since');
  }
  const notModified = noneMatch !== undefined
    ? lists(noneMatch, object.etag)
    : modified !== undefined && seconds(object.lastModified) <= seconds(modified);
  if (!notModified) return;
  if (prefix !== '') throw failed('If-None-Match or If-Modified-Since');
  throw new S3Error('NotModified', 'Not Modified', { etag: `"${object.etag}"` });
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date && Number.isNaN(date.getTime()) ? undefined : date;
}
