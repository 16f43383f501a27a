import { Duration, Token } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Problems } from '../core/problems';

/** Attempts to start a scheduled run, and the minutes in which they are made. */
export const DEFAULT_START_ATTEMPTS = 10;
export const DEFAULT_START_WITHIN_MINUTES = 60;

/** What EventBridge Scheduler takes. */
const MAX_ATTEMPTS = 185;
const MAX_MINUTES = 24 * 60;

/** Options of a schedule. */
export interface RunScheduleOptions {
  /**
   * The run starts at any time within this window after the scheduled one, so that many do not start at once; the run
   * stands for the scheduled time all the same. Whole minutes, 1 to 1,440.
   *
   * @default - at the scheduled time, within a minute
   */
  readonly flexibleWindow?: Duration;

  /**
   * Attempts to start the run before it goes to the dead-letter queue, 0 to 185.
   *
   * @default 10
   */
  readonly startAttempts?: number;

  /**
   * How long after its time a run may still be started. Whole minutes, 1 to 1,440.
   *
   * @default Duration.minutes(60)
   */
  readonly startWithin?: Duration;

  /**
   * Whether the schedule is on.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** When a source runs by itself, through EventBridge Scheduler. */
export class RunSchedule {
  /**
   * At the times of an expression, in its time zone:
   * `RunSchedule.on(ScheduleExpression.cron({ hour: '6', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }))`.
   */
  static on(expression: ScheduleExpression, options: RunScheduleOptions = {}): RunSchedule {
    return new RunSchedule(expression, options);
  }

  private constructor(
    /** @internal */
    readonly _expression: ScheduleExpression,
    /** @internal */
    readonly _options: RunScheduleOptions,
  ) {}

  /**
   * Whether it will start more than one run.
   *
   * @internal
   */
  get _repeats(): boolean {
    return this._options.enabled !== false && !this._expression.expressionString.startsWith('at(');
  }

  /** @internal */
  _check(problems: Problems, at: string): void {
    const { startAttempts, flexibleWindow, startWithin } = this._options;
    checkExpression(problems, at, this._expression);
    checkMinutes(problems, `${at}.flexibleWindow`, flexibleWindow);
    checkMinutes(problems, `${at}.startWithin`, startWithin);
    problems.check(startAttempts === undefined || (Number.isInteger(startAttempts) && startAttempts >= 0 && startAttempts <= MAX_ATTEMPTS),
      `${at}.startAttempts`, startAttempts, `use a whole number from 0 to ${MAX_ATTEMPTS}`);
  }
}

const RATE = /^rate\([1-9]\d* (minutes?|hours?|days?)\)$/;
const AT = /^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/;
/** Minutes, hours, day of month, month, day of week, year; exactly one of the days is `?`. */
const CRON = /^cron\(\S+ \S+ (\S+) \S+ (\S+) \S+\)$/;

function checkExpression(problems: Problems, at: string, { expressionString, timeZone }: ScheduleExpression): void {
  if (Token.isUnresolved(expressionString)) {
    return;
  }
  const [, dayOfMonth, dayOfWeek] = CRON.exec(expressionString) ?? [];
  const cron = dayOfMonth !== undefined && (dayOfMonth === '?') !== (dayOfWeek === '?');
  problems.check(RATE.test(expressionString) || AT.test(expressionString) || cron, at, expressionString,
    'use rate(5 minutes), at(2025-06-30T04:00:00), or cron(minutes hours day-of-month month day-of-week year) with ? as one of the days');
  const zone = timeZone?.timezoneName;
  problems.check(zone === undefined || isTimeZone(zone), at, zone, 'use a time zone of the IANA database, such as Europe/Berlin');
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function checkMinutes(problems: Problems, property: string, duration: Duration | undefined): void {
  if (duration !== undefined && !duration.isUnresolved()) {
    const minutes = duration.toMinutes({ integral: false });
    problems.check(Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_MINUTES, property, duration.toHumanString(), `use whole minutes, 1 to ${MAX_MINUTES}`);
  }
}
