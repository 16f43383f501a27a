import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every fault by its number: the index is the number less one. */
const MATRIX = [
  'refused', 'DNS', 'connect hang', 'mid-body stall', 'RST', 'short Content-Length', 'truncated gzip', 'slow drip', '429 seconds', '429 date',
  'Retry-After over budget', 'one 500', 'endless 503', '401 then refresh', '403', '404 on a later page', 'redirect loop', 'cross-host redirect',
  'redirect to link-local or private address', 'bad TLS', '200 with HTML', 'malformed JSON', 'bad UTF-8', 'gzip bomb',
  'repeated cursor', 'empty page with a next', 'pages shift', 'shrink', 'unordered', 'ties on the cursor', 'late row', 'future timestamp', 'new column',
  'type change', 'null key', 'integer over 2^53', 'giant record', 'poison record', 'zero rows',
  'SlowDown', '500 after commit', '412 same', '412 different', '409', '403', 'KMS disabled', 'connection reset', 'success status with an error body',
  'list over several pages', 'checksum mismatch', 'NoSuchBucket',
  'missing', 'corrupt', 'old version', 'newer version', 'lost compare-and-swap', 'write fails after data', 'stale lease', 'rolled back',
  'SIGKILL before and after every write', 'SIGTERM', 'little time left', 'out of memory', '/tmp full', 'same invocation twice', 'two runs at once',
  'warm start after a failure', 'clock jump', 'secret rotated or throttled', 'lineage sink down',
  'a stalled publisher wakes after a newer commit', 'the response of a winning CAS is lost', 'a retry with the same run id after success',
  'two attempts cut parts at different places', 'a crash between each pair of publish steps',
].map((name, index) => `${index + 1} ${name}`);

const textOf = (file: string) => readFileSync(join(__dirname, file), 'utf8');
const tested = readdirSync(__dirname).filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [...textOf(file).matchAll(/^fault\('([^',]*)/gm)].map(([, name]) => name));
const open = [...textOf('README.md').matchAll(/^\| (\d+ [^|]*) \|/gm)].map(([, name]) => name.trim());

test('75 faults are named', () => {
  expect(MATRIX).toHaveLength(75);
});

test('each fault is tested, or open in the README, and not both', () => {
  expect([...new Set(tested), ...open].sort()).toEqual([...MATRIX].sort());
});
