import { Duration } from 'aws-cdk-lib';
import { Problems } from '../core/problems';
import { RunSchedule } from '../workflow/run-schedule';

/** Options of `TableUpkeep.schedule`: what is kept. */
export interface TableUpkeepOptions {
  /**
   * How long snapshots, and with them rows that were deleted, can be travelled back to. Whole seconds.
   *
   * @default - 5 days, Athena's default
   */
  readonly maxSnapshotAge?: Duration;

  /**
   * Snapshots that are kept whatever their age.
   *
   * @default - 1, Athena's default
   */
  readonly minSnapshots?: number;
}

/**
 * When curated tables are looked after: `OPTIMIZE` makes many small files few, `VACUUM` removes old snapshots and the files
 * that only they need. Athena bills `OPTIMIZE` by what it reads.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-data-optimization.html
 */
export class TableUpkeep {
  /** On a schedule of its own, all curated tables of the pipeline one after the other. */
  static schedule(schedule: RunSchedule, options: TableUpkeepOptions = {}): TableUpkeep {
    return new TableUpkeep(schedule, options);
  }

  private constructor(
    /** @internal */
    readonly _schedule: RunSchedule,
    private readonly options: TableUpkeepOptions,
  ) {}

  /** @internal */
  _check(problems: Problems): void {
    const { maxSnapshotAge: age, minSnapshots: count } = this.options;
    this._schedule._check(problems, 'upkeep.schedule');
    const seconds = age?.toSeconds({ integral: false });
    problems.check(seconds === undefined || (Number.isInteger(seconds) && seconds >= 1), 'upkeep.maxSnapshotAge', age?.toHumanString(), 'use whole seconds, at least one');
    problems.check(count === undefined || (Number.isInteger(count) && count >= 1), 'upkeep.minSnapshots', count, 'use a whole number, at least 1: the newest snapshot is the table');
  }

  /**
   * The tables' properties that say what VACUUM keeps.
   *
   * @internal
   */
  get _properties(): Record<string, string> {
    const { maxSnapshotAge, minSnapshots } = this.options;
    return {
      ...(maxSnapshotAge !== undefined && { vacuum_max_snapshot_age_seconds: String(maxSnapshotAge.toSeconds()) }),
      ...(minSnapshots !== undefined && { vacuum_min_snapshots_to_keep: String(minSnapshots) }),
    };
  }
}
