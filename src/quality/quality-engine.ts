/** What evaluates quality rules. The rules mean the same with each. */
export class QualityEngine {
  /** One Athena query that scans the new partition once: seconds, and cents a gigabyte. Runs on the laptop too. */
  static athena(): QualityEngine {
    return new QualityEngine('athena');
  }

  /**
   * A ruleset of Glue Data Quality, which shows scores and their history in the console: minutes, and by the DPU-hour. It
   * does not reach into nested columns. `QualityRule.sql` is Spark's SQL then. The laptop cannot run it.
   */
  static glueDataQuality(): QualityEngine {
    return new QualityEngine('glueDataQuality');
  }

  private constructor(
    /** @internal */
    readonly _type: 'athena' | 'glueDataQuality',
  ) {}
}
