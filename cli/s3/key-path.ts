import { S3Error } from './errors';

/**
 * Keys as file names. An ordinary key stands as it is; what a file system cannot hold is percent-encoded. `%` itself is
 * always encoded, so the marks below, which are no hexadecimal digits, never meet a key:
 * `%_` an empty segment (`a//b`, `a/`) · `%+` at a folder's end: the segment goes on in the folder · `%object` at a file's
 * end: the object whose key is also the prefix of others (`a` beside `a/b`).
 */
const EMPTY_SEGMENT = '%_';
const CONTINUES = '%+';
export const BESIDE_FOLDER = '%object';

/** Leaves room for the marks and for temporary names below the 255 bytes of a file name. */
const MAX_NAME_BYTES = 200;
const MAX_KEY_BYTES = 1024;

// eslint-disable-next-line no-control-regex
const UNSAFE = /[%\\:*?"<>|\u0000-\u001f\u007f]/g;

const encodeChar = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function encodeSegment(segment: string): string {
  if (segment === '') return EMPTY_SEGMENT;
  // A last dot: `.` and `..` would lead out of the folder, and Windows drops a dot or a space at a name's end.
  const name = segment.replace(UNSAFE, encodeChar).replace(/[. ]$/, encodeChar);
  return Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : fold(name);
}

function fold(name: string): string {
  const names: string[] = [];
  let current = '';
  for (const piece of name.match(/%[0-9A-F]{2}|[\s\S]/gu) ?? []) {
    if (Buffer.byteLength(current) + Buffer.byteLength(piece) > MAX_NAME_BYTES) {
      names.push(current + CONTINUES);
      current = '';
    }
    current += piece;
  }
  return [...names, current].join('/');
}

/** Relative path of an object's file, with `/` between folders. */
export function keyToPath(key: string): string {
  if (key === '') throw new S3Error('InvalidURI', 'The key is empty.');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError', `Your key is too long: at most ${MAX_KEY_BYTES} bytes.`);
  return key.split('/').map(encodeSegment).join('/');
}

/** What a folder's or a file's name stands for in a key. */
export function decodeName(name: string, isFolder: boolean): { text: string; continues: boolean } {
  const continues = isFolder && name.endsWith(CONTINUES);
  let text = name;
  if (continues) text = name.slice(0, -CONTINUES.length);
  else if (!isFolder && name.endsWith(BESIDE_FOLDER)) text = name.slice(0, -BESIDE_FOLDER.length);
  if (text === EMPTY_SEGMENT) return { text: '', continues };
  return { text: text.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), continues };
}

/** Folders to start a walk in that holds every key with this prefix: its whole segments. */
export function prefixFolder(prefix: string): { folder: string; keyPrefix: string } {
  const keyPrefix = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const segments = keyPrefix === '' ? [] : keyPrefix.slice(0, -1).split('/');
  return { folder: segments.map(encodeSegment).join('/'), keyPrefix };
}
