import { Duration } from 'aws-cdk-lib';

/** Days that the audit's log files can neither be deleted nor overwritten. */
export const DEFAULT_AUDIT_LOCK_DAYS = 365;

/** Options of an audit by CloudTrail. */
export interface CloudTrailAuditOptions {
  /**
   * How long a log file is locked: nobody deletes or overwrites it without a right of its own. Whole days.
   *
   * @default Duration.days(365)
   */
  readonly lock?: Duration;
}

/** Who keeps a record of every access to the lake's objects. */
export class Audit {
  /**
   * CloudTrail: data events of every object of the lake, in a locked bucket of their own, with validated log files.
   * USD 0.10 per 100,000 events.
   */
  static cloudTrail(options: CloudTrailAuditOptions = {}): Audit {
    return new Audit(options);
  }

  private constructor(
    /** @internal */
    readonly _options: CloudTrailAuditOptions,
  ) {}
}
