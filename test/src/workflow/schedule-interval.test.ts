import { scheduleInterval } from '../../../src/workflow/schedule-interval';

test.each([
  ['rate(5 minutes)', 5],
  ['rate(1 hour)', 60],
  ['rate(7 days)', 7 * 24 * 60],
  ['cron(0 6 * * ? *)', 24 * 60],
  ['cron(30 * * * ? *)', 60],
  ['cron(0 0/6 * * ? *)', 6 * 60],
  ['cron(*/10 * ? * * *)', 10],
  ['cron(0 6 ? * MON-FRI *)', undefined],
  ['cron(0 6 1 * ? *)', undefined],
  ['cron(0 6,18 * * ? *)', undefined],
  ['at(2025-06-30T04:00:00)', undefined],
])('%s: %s minutes', (expression, minutes) => {
  expect(scheduleInterval(expression)?.toMinutes()).toBe(minutes);
});
