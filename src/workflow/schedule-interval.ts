import { Duration, Token } from 'aws-cdk-lib';

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
/** Minutes and hours of a cron expression that runs every day. */
const DAILY = /^cron\((\S+) (\S+) [*?] \* [*?] \*\)$/;
const NUMBER = /^\d+$/;
const STEP = /^(?:\*|0)\/(\d+)$/;

/** Time between two runs of a schedule; undefined for one that runs once, or without a plain interval. */
export function scheduleInterval(expression: string): Duration | undefined {
  if (Token.isUnresolved(expression)) {
    return undefined;
  }
  const [, rate, unit] = RATE.exec(expression) ?? [];
  if (unit !== undefined) {
    return { minute: Duration.minutes, hour: Duration.hours, day: Duration.days }[unit as 'minute' | 'hour' | 'day'](Number(rate));
  }
  const [, minutes, hours] = DAILY.exec(expression) ?? [];
  return minutes === undefined ? undefined : dailyInterval(minutes, hours);
}

function dailyInterval(minutes: string, hours: string): Duration | undefined {
  const everyMinutes = minutes === '*' ? '1' : STEP.exec(minutes)?.[1];
  if (everyMinutes !== undefined) {
    return hours === '*' ? Duration.minutes(Number(everyMinutes)) : undefined;
  }
  if (!NUMBER.test(minutes)) {
    return undefined;
  }
  const everyHours = hours === '*' ? '1' : STEP.exec(hours)?.[1];
  if (everyHours !== undefined) {
    return Duration.hours(Number(everyHours));
  }
  return NUMBER.test(hours) ? Duration.days(1) : undefined;
}
