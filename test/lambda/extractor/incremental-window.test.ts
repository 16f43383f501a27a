import { SourceSpec, TimeWindowSpec } from '../../../src/spec';
import { query, Switch } from '../../support/changing-api';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, HostileServer, json, status } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const START = TODAY - 5 * DAY;

let lake: TestLake;
let server: HostileServer | undefined;

/** Times of the events; the event's id is its time. */
let events: number[];

const { startApi } = freshLake((fresh) => {
  lake = fresh;
  events = [];
});

/** Events from `from` on and before `to`, four a page. */
const api = (time: (text: string) => number = (text) => Date.parse(text), inclusive = false): Behaviour => (request, ...rest) => {
  const [from, to] = [time(query(request, 'from')!), time(query(request, 'to')!)];
  const found = events.filter((at) => at >= from && (at < to || (inclusive && at === to))).sort((a, b) => a - b);
  const skip = Number(query(request, 'skip') ?? 0);
  return json({ next: skip + 4 < found.length ? skip + 4 : null, results: found.slice(skip, skip + 4).map((id) => ({ id })) })(request, ...rest);
};

async function start(behaviour: Behaviour = api()) {
  const control = new Switch(behaviour);
  server = await startApi([control.serve]);
  return control;
}

const specOf = (window: Partial<TimeWindowSpec> = {}): Partial<SourceSpec> => ({
  pagination: { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'skip' } },
  incremental: {
    type: 'timeWindow',
    start: new Date(START).toISOString(),
    stepMs: DAY,
    startTarget: { in: 'query', name: 'from' },
    endTarget: { in: 'query', name: 'to' },
    ...window,
  },
});
const run = (spec = specOf(), options: ExtractOptions = {}) => extract(lake, server!.origin, { ...options, spec });
const stored = () => lake.lines('users').map((line) => (JSON.parse(line) as { id: number }).id).sort((a, b) => a - b);
/** The windows asked for, each once. */
const windows = () => [...new Set(server!.received.map((request) => `${query(request, 'from')} ${query(request, 'to')}`))].map((text) => text.split(' '));
const hourly = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i * HOUR);

test('windows follow each other from the start to now, and on from there in the next run', async () => {
  await start();
  events = hourly(START, 5 * 24); // on the bounds, too
  await run();
  const first = windows();
  expect(first[0]).toEqual([new Date(START).toISOString().replace('.000', ''), new Date(START + DAY).toISOString().replace('.000', '')]);
  expect(first.slice(1).map(([from]) => from)).toEqual(first.slice(0, -1).map(([, to]) => to)); // no gap, no overlap
  const [, end] = first[first.length - 1];
  expect(Date.now() - Date.parse(end)).toBeLessThan(HOUR);
  expect(Date.parse(end)).toBeLessThanOrEqual(Date.now());
  expect(stored()).toEqual(events);

  server!.received.splice(0);
  await new Promise((later) => setTimeout(later, 1100)); // the next whole second
  await run();
  expect(windows()[0][0]).toBe(end);
  expect(stored()).toEqual(events);
});

test('an end lag leaves the last hours to a later run', async () => {
  await start();
  events = hourly(START, 5 * 24);
  const limit = Date.now() - 2 * DAY;
  await run(specOf({ endLagMs: 2 * DAY }));
  const [, end] = windows()[windows().length - 1];
  expect(Math.abs(Date.parse(end) - limit)).toBeLessThan(60_000);
  expect(stored()).toEqual(events.filter((at) => at < Date.parse(end)));

  events.push(Date.parse(end) + 1); // late, but after the end
  await run();
  expect(stored()).toEqual(events.sort((a, b) => a - b));
});

test('each window with records is a commit: a failure later takes none of them away', async () => {
  const control = await start();
  events = hourly(START, 5 * 24);
  const broken = new Date(START + 2 * DAY).toISOString().replace('.000', '');
  control.now = (request, ...rest) => (query(request, 'from') === broken && query(request, 'skip') !== null ? status(404) : api())(request, ...rest);
  await expect(run()).rejects.toMatchObject({ code: 'HTTP_404' });
  expect(stored()).toEqual(events.filter((at) => at < START + 2 * DAY));

  control.now = api();
  server!.received.splice(0);
  const result = await run();
  expect(windows()[0][0]).toBe(broken);
  expect(result).toMatchObject({ done: true, records: 3 * 24 });
  expect(stored()).toEqual(events);
});

test('an interrupted run goes on inside its window', async () => {
  const control = await start();
  events = hourly(START, 5 * 24);
  control.now = (request, ...rest) => (query(request, 'skip') === '8' ? status(429, { 'retry-after': '120' }) : api())(request, ...rest);
  expect(await run(specOf(), { runId: 'calls' })).toMatchObject({ done: false, records: 8 });
  control.now = api();
  expect(await run(specOf(), { runId: 'calls' })).toMatchObject({ done: true, records: 5 * 24 });
  expect(stored()).toEqual(events);
});

test('an API that counts the end in gets a millisecond less', async () => {
  await start(api(undefined, true));
  events = [...hourly(START, 5 * 24), START + DAY - 1, START + DAY - 999];
  await run(specOf({ inclusiveEnd: true }));
  expect(stored()).toEqual(events.sort((a, b) => a - b));
});

test.each<[string, Partial<TimeWindowSpec>, (text: string) => number]>([
  ['seconds', { format: 'epochSeconds' }, (text) => Number(text) * 1000],
  ['milliseconds', { format: 'epochMilliseconds' }, Number],
  ['dates', { format: 'date' }, (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN)],
  ['dates that count the end in', { format: 'date', inclusiveEnd: true }, (text) => Date.parse(text)],
])('bounds are written as %s', async (_name, window, time) => {
  const read = api(time, window.inclusiveEnd);
  await start(window.inclusiveEnd === true
    ? (request, ...rest) => { // the end's whole day counts
      const to = new Date(Date.parse(query(request, 'to')!) + DAY - 1).toISOString();
      return read({ ...request, url: request.url.replace(/to=[^&]*/, `to=${to}`) }, ...rest);
    }
    : read);
  events = hourly(START, 5 * 24);
  await run(specOf(window));
  await run(specOf(window));
  expect(stored()).toEqual(events);
});

test('equal windows are no loop, and empty ones are passed over', async () => {
  await start((request, ...rest) => json({ results: query(request, 'from')!.startsWith(new Date(START + DAY).toISOString().slice(0, 10)) ? [] : [{ id: 7 }] })(request, ...rest));
  const result = await run();
  expect(result.done).toBe(true);
  expect(new Set(stored())).toEqual(new Set([7]));
});

test('a record that changed is stored again with its later window, whatever its pages', async () => {
  await start((request, ...rest) => json({ results: query(request, 'page') === '1' ? [{ id: 1, from: query(request, 'from') }] : [] })(request, ...rest));
  await run({ ...specOf(), pagination: { type: 'pageNumber', param: 'page' }, key: ['$.id'] });
  expect(stored()).toHaveLength(windows().length);
});

test('a start in the future ends well with nothing', async () => {
  await start();
  const result = await run(specOf({ start: new Date(Date.now() + DAY).toISOString() }));
  expect(result).toMatchObject({ done: true, records: 0, pages: 0 });
  expect(server!.received).toHaveLength(0);
});
