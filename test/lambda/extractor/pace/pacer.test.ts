import { Pacer, PacerOptions } from '../../../../lambda/extractor/pace';

/** A pacer on a clock that only its own waiting moves; `send` gives the time at which each request leaves. */
function paced(rateLimit: PacerOptions['rateLimit'], timeLeftMs = Infinity) {
  let time = 1_000;
  const waits: number[] = [];
  const pacer = new Pacer({
    rateLimit,
    timeLeftMs: () => timeLeftMs,
    onWait: (delayMs) => waits.push(delayMs),
    now: () => time,
    sleep: async (ms) => { time += ms; },
  });
  const send = async (count = 1) => {
    const sent: number[] = [];
    for (let i = 0; i < count; i++) {
      await pacer.ready(new AbortController().signal);
      pacer.sent();
      sent.push(time - 1_000);
    }
    return sent;
  };
  return { pacer, send, waits, pass: (ms: number) => { time += ms; } };
}

test('requests leave evenly, never more in a period than allowed', async () => {
  const { send } = paced({ requests: 4, perMs: 1000 });
  expect(await send(6)).toEqual([0, 250, 500, 750, 1000, 1250]);
});

test('a burst leaves at once, and is earned again by a pause', async () => {
  const { send, pass } = paced({ requests: 4, perMs: 1000, burst: 3 });
  expect(await send(5)).toEqual([0, 0, 0, 250, 500]);
  pass(10_000);
  expect(await send(4)).toEqual([10_500, 10_500, 10_500, 10_750]);
});

test('a hop of a redirect is paid for by the next request', async () => {
  const { send, pacer } = paced({ requests: 1, perMs: 1000 });
  await send();
  pacer.sent();
  expect(await send()).toEqual([2000]);
});

test('without a limit nothing waits', async () => {
  const { send, waits } = paced(undefined);
  expect(await send(100)).toEqual(Array(100).fill(0));
  expect(waits).toEqual([]);
});

test('an API that has no request left is waited for, with and without a limit of ours', async () => {
  for (const limit of [undefined, { requests: 1000, perMs: 1000 }]) {
    const { send, pacer, waits } = paced(limit);
    await send();
    pacer.received({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' });
    expect(await send()).toEqual([30_000]);
    expect(waits).toEqual([30_000]);
    pacer.received({ 'x-ratelimit-remaining': '99', 'x-ratelimit-reset': '30' });
    expect((await send())[0]).toBeLessThan(30_010);
  }
});

test('a wait beyond the time left is handed on', async () => {
  const { send, pacer } = paced(undefined, 20_000);
  pacer.received({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' });
  await expect(send()).rejects.toMatchObject({ code: 'RETRY_LATER', retryable: true, retryAfterSeconds: 30 });
});
