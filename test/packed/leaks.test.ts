import { SECRETS } from './support/auths';
import { leaksOf } from '../support/leaks';

const { bearer } = SECRETS;

/** The other tests trust that a leak would be seen. */
test.each([
  ['as it is', `x ${bearer} y`],
  ['in JSON', JSON.stringify({ bearer })],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ bearer }))],
  ['in a URL', `https://x/?k=${encodeURIComponent(bearer)}`],
  ['in a form within JSON', JSON.stringify({ body: new URLSearchParams({ bearer }).toString() })],
  ['in base64', Buffer.from(`ab${bearer}c`).toString('base64')],
  ['in base64 of JSON', JSON.stringify({ header: Buffer.from(JSON.stringify({ bearer })).toString('base64') })],
  ['in base64 for URLs of a URL', Buffer.from(encodeURIComponent(bearer)).toString('base64url')],
])('a secret %s is found', (_what, text) => {
  expect(leaksOf(text, Object.values(SECRETS))).toEqual([bearer]);
});

test('nothing is found where nothing is', () => {
  expect(leaksOf(JSON.stringify({ token: '***', half: bearer.slice(0, 10) }), Object.values(SECRETS))).toEqual([]);
});
