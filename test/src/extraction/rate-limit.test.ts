import { Duration } from 'aws-cdk-lib';
import { RateLimit } from '../../../src';
import { buildExtractor, usersSource } from '../../support/synth';

test('a limit is rendered in milliseconds, its default left out', () => {
  const rendered = (rateLimit: RateLimit) => usersSource({ rateLimit })._render().rateLimit;
  expect(rendered(RateLimit.requests(60, Duration.minutes(1)))).toEqual({ requests: 60, perMs: 60_000 });
  expect(rendered(RateLimit.requests(60, Duration.minutes(1), { burst: 1 }))).toEqual({ requests: 60, perMs: 60_000 });
  expect(rendered(RateLimit.requests(5, Duration.seconds(1), { burst: 5 }))).toEqual({ requests: 5, perMs: 1000, burst: 5 });
});

test.each<[string, RateLimit, RegExp]>([
  ['no request', RateLimit.requests(0, Duration.seconds(1)), /sources\.users\.rateLimit\.requests: got 0; use a whole number above 0/],
  ['no time', RateLimit.requests(1, Duration.seconds(0)), /sources\.users\.rateLimit\.per: got 0; use a whole number above 0/],
  ['half a burst', RateLimit.requests(1, Duration.seconds(1), { burst: 0.5 }), /sources\.users\.rateLimit\.burst: got 0\.5; use a whole number above 0/],
])('%s fails at synth', (_, rateLimit, message) => {
  expect(() => buildExtractor({ rateLimit })).toThrow(message);
});
