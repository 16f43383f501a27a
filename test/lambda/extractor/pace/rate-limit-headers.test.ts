import { rateLimitSeconds } from '../../../../lambda/extractor/pace';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const EPOCH = NOW / 1000;

test.each<[string, Record<string, string>, number | undefined]>([
  ['seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, 30],
  ['epoch seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${EPOCH + 45}` }, 45],
  ['epoch milliseconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW + 45_500}` }, 46],
  ['a date', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2026-11-23T12:01:00Z' }, 60],
  ['an HTTP date', { 'ratelimit-remaining': '0', 'ratelimit-reset': 'Mon, 23 Nov 2026 12:00:10 GMT' }, 10],
  ['a duration', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360],
  ['milliseconds', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20ms' }, 1],
  ['a fraction', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.337' }, 2],
  ['a time gone by', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${EPOCH - 45}` }, 0],
  ['hyphens', { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${EPOCH + 900}` }, 900],
  ['no prefix', { 'ratelimit-limit': '100', 'ratelimit-remaining': '0', 'ratelimit-reset': '7' }, 7],
  ['a window', { 'x-ratelimit-remaining-second': '4', 'x-ratelimit-remaining-minute': '0' }, 60],
  ['a window with its end', { 'x-ratelimit-remaining-minute': '0', 'ratelimit-reset': '17' }, 17],
  ['the field of the draft', { ratelimit: '"burst";r=5;t=1, "default";r=0;t=30' }, 30],
  ['the policy\'s window', { 'ratelimit': '"day";r=0', 'ratelimit-policy': '"burst";q=10;w=1, "day";q=100;w=600' }, 600],
  ['the field of older drafts', { ratelimit: 'limit=100, remaining=0, reset=12' }, 12],
  ['some left', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '30' }, undefined],
  ['some left, by the draft', { ratelimit: '"default";r=1;t=30' }, undefined],
  ['some left, by older drafts', { ratelimit: 'limit=100, remaining=10, reset=12' }, undefined],
  ['no time', { 'x-ratelimit-remaining': '0' }, undefined],
  ['no sense', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }, undefined],
  ['years', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '31536000' }, undefined],
  ['nothing', {}, undefined],
])('%s: %j', (_name, headers, seconds) => {
  expect(rateLimitSeconds(headers, NOW)).toBe(seconds);
});

test("the server's own clock counts", () => {
  const headers = { 'date': 'Mon, 23 Nov 2026 11:00:00 GMT', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${EPOCH - 3600 + 20}` };
  expect(rateLimitSeconds(headers, NOW)).toBe(20);
});

test('after a refusal the reset time alone tells, unless requests are left', () => {
  expect(rateLimitSeconds({ 'x-ratelimit-reset': '30' }, NOW, true)).toBe(30);
  expect(rateLimitSeconds({ 'x-ratelimit-reset': '30' }, NOW)).toBeUndefined();
  expect(rateLimitSeconds({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '30' }, NOW, true)).toBeUndefined();
});
