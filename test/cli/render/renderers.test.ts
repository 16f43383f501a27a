import { PassThrough } from 'node:stream';
import { CommandError } from '../../../cli/errors';
import { Event } from '../../../cli/render/events';
import { bytes, counted, duration } from '../../../cli/render/format';
import { JsonRenderer } from '../../../cli/render/json-renderer';
import { Renderer, Streams } from '../../../cli/render/renderer';
import { TerminalRenderer } from '../../../cli/render/terminal-renderer';
import { TextRenderer } from '../../../cli/render/text-renderer';

function printed(make: (streams: Streams) => Renderer, use: (renderer: Renderer) => void) {
  const out = new PassThrough();
  const err = Object.assign(new PassThrough(), { isTTY: true, columns: 80, cursorTo: () => true, clearLine: () => true });
  use(make({ out, err }));
  return { out: String(out.read() ?? ''), err: String(err.read() ?? '') };
}

const PROGRESS: Event = { type: 'progress', source: 'users', pages: 2, records: 1500, bytes: 2_345_678 };

test('on plain lines every event is one', () => {
  const { err } = printed((streams) => new TextRenderer(streams), (renderer) => {
    renderer.event({ type: 'stage', source: 'users', stage: 'extract', detail: 'run r' });
    renderer.event(PROGRESS);
    renderer.event({ type: 'waiting', source: 'users', seconds: 90, reason: 'the API asked for it' });
  });
  expect(err).toBe('users: extract (run r)\nusers: 2 pages, 1,500 records, 2.3 MB\nusers: waiting 1 min 30 s: the API asked for it\n');
});

test('on a terminal progress moves in one line, which is gone when something else is said', () => {
  const { err } = printed((streams) => new TerminalRenderer(streams), (renderer) => {
    renderer.event({ type: 'stage', source: 'users', stage: 'extract' });
    renderer.event(PROGRESS);
    renderer.event({ type: 'note', message: 'said after it' });
  });
  expect(err).toMatch(/users: 1,500 records, 2 pages, 2\.3 MB, [\d,]+ records\/s/);
  expect(err.endsWith('said after it\n')).toBe(true);
});

test('a failure comes with what to do next', () => {
  const { out, err } = printed((streams) => new TextRenderer(streams), (renderer) => {
    renderer.failure(new CommandError('X', 'it broke', { hint: 'mend it' }));
  });
  expect([out, err]).toEqual(['', '\nError: it broke\nNext: mend it\n']);
});

test('as JSON only results reach stdout, and NULL is null', () => {
  const { out, err } = printed((streams) => new JsonRenderer(streams), (renderer) => {
    renderer.event(PROGRESS);
    renderer.result({ kind: 'query', columns: [{ name: 'a', type: 'varchar' }], rows: [[null], ['']], scannedBytes: 3 });
  });
  expect([out, err]).toEqual(['{"columns":[{"name":"a","type":"varchar"}],"rows":[[null],[""]]}\n', '']);
});

test('a table tells NULL from an empty text, aligns numbers right, and shows no control character of the data', () => {
  const { out } = printed((streams) => new TextRenderer(streams), (renderer) => {
    renderer.result({ kind: 'query', columns: [{ name: 'text', type: 'varchar' }, { name: 'n', type: 'bigint' }], rows: [[null, '1'], ['', '22'], ['\u001b[31mred', '333']] });
  });
  expect(out.trimEnd().split('\n').slice(3, -1)).toEqual(['│ NULL     │   1 │', '│          │  22 │', '│ \ufffd[31mred │ 333 │']);
});

test('a query without columns prints nothing on stdout', () => {
  expect(printed((streams) => new TextRenderer(streams), (renderer) => renderer.result({ kind: 'query', columns: [], rows: [] })).out).toBe('');
});

test.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [123_456, '123 kB'], [5_000_000_000_000_000, '5000 TB']])('%d bytes read as %s', (value, text) => {
  expect(bytes(value)).toBe(text);
});

test('counts and times read as a person says them', () => {
  expect([counted(1, 'row'), counted(2000, 'row')]).toEqual(['1 row', '2,000 rows']);
  expect([duration(840), duration(12_345), duration(185_000)]).toEqual(['840 ms', '12.3 s', '3 min 5 s']);
});
