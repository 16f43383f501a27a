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

/** Who keeps a record of every access to the lake's objects, and where it can be queried. */
export class Audit {
  /**
   * The server access logs that S3 keeps of a lake's bucket anyway: a table over them, `access_logs` in `<database>_audit`.
   * They cost their storage, come some hours late, and may lack a request.
   */
  static accessLogs(): Audit {
    return new Audit(undefined);
  }

  /**
   * CloudTrail besides: data events of every object of the lake, in a locked bucket of their own, with validated log files, and a
   * table over them, `object_events`. USD 0.10 per 100,000 events.
   */
  static cloudTrail(options: CloudTrailAuditOptions = {}): Audit {
    return new Audit(options);
  }

  private constructor(
    /** @internal */
    readonly _trail: CloudTrailAuditOptions | undefined,
  ) {}
}
