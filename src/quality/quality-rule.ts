import { Duration } from 'aws-cdk-lib';
import { columnsOf, RuleSpec } from './rule-spec';

/** What a rule that fails does to the run. */
export enum QualityLevel {
  /** The run goes on; the failure is in its notice and results. */
  WARN = 'WARN',
  /** The run fails before its transforms: what was extracted stays in the raw table, curated tables stay as they are. */
  ERROR = 'ERROR',
}

/** Options of every rule. */
export interface QualityRuleOptions {
  /**
   * What a failure does.
   *
   * @default QualityLevel.ERROR
   */
  readonly level?: QualityLevel;

  /**
   * Name of the rule in results, metrics and notices, unique for its source.
   *
   * @default - the rule and its column, such as `isComplete(email)`
   */
  readonly name?: string;
}

/** Options of a rule about values. */
export interface ValueRuleOptions extends QualityRuleOptions {
  /**
   * Whether NULL passes. Athena reads as NULL what is missing, what does not fit its column's type (a number beyond 64
   * bits, text in a number's column) and every column of a line that is no record.
   *
   * @default false
   */
  readonly allowNull?: boolean;
}

/** Options of `QualityRule.isUnique`. */
export interface UniqueRuleOptions extends ValueRuleOptions {
  /**
   * Columns that are unique only together with the first.
   *
   * @default - the first is unique alone
   */
  readonly otherColumns?: string[];
}

/** Options of `QualityRule.rowCount`. At least one bound. */
export interface RowCountRuleOptions extends QualityRuleOptions {
  /**
   * The least number of rows.
   *
   * @default - no bound
   */
  readonly min?: number;

  /**
   * The greatest number of rows.
   *
   * @default - no bound
   */
  readonly max?: number;
}

/**
 * What must hold for the partition that a run has written, before anything is made of it.
 *
 * A column is named by its path in the table, `email` or `login.uuid`. NULL fails, unless `allowNull`. A partition
 * without rows passes every rule but `freshness` and a `rowCount` with a minimum.
 */
export class QualityRule {
  /** No value is NULL. */
  static isComplete(column: string, options: QualityRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'isComplete', column }, options);
  }

  /** No value comes twice in the partition. With `allowNull`, rows with a NULL among the columns are left out. */
  static isUnique(column: string, options: UniqueRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'isUnique', columns: [column, ...(options.otherColumns ?? [])], allowNull: options.allowNull ?? false }, options);
  }

  /**
   * Every value is, as a whole, what the regular expression describes.
   *
   * @param pattern a regular expression as in Java and Trino.
   */
  static matches(column: string, pattern: string, options: ValueRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'matches', column, pattern, allowNull: options.allowNull ?? false }, options);
  }

  /**
   * Every value is one of these.
   *
   * @param values texts, compared as text; or numbers, compared as doubles; or booleans.
   */
  static isIn(column: string, values: any[], options: ValueRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'isIn', column, values, allowNull: options.allowNull ?? false }, options);
  }

  /** Every value is a number in this range, bounds included. Text that reads as a number is one; numbers are compared as doubles. */
  static between(column: string, min: number, max: number, options: ValueRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'between', column, min, max, allowNull: options.allowNull ?? false }, options);
  }

  /** How many rows the partition has. Every line of a file counts: what is in the rows, other rules say. */
  static rowCount(options: RowCountRuleOptions): QualityRule {
    return new QualityRule({ kind: 'rowCount', min: options.min, max: options.max }, options);
  }

  /**
   * The newest value is at most this old, in whole seconds, when the rule is evaluated. No readable time at all fails.
   *
   * @param column times in ISO 8601, in UTC where they name no zone; or timestamps.
   */
  static freshness(column: string, maxAge: Duration, options: QualityRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'freshness', column, maxAgeSeconds: maxAge.toSeconds() }, options);
  }

  /**
   * Every value is found in a column of another table of the database, in any of its partitions; compared as text. The
   * other table is read whole.
   */
  static referential(column: string, table: string, tableColumn: string, options: ValueRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'referential', column, table, tableColumn, allowNull: options.allowNull ?? false }, options);
  }

  /**
   * A condition that is true for every row; NULL is not true.
   *
   * @param condition a boolean expression over a row's columns, `dob.age >= 18`, in the engine's SQL: Trino for Athena,
   * Spark for Glue Data Quality.
   */
  static sql(condition: string, options: QualityRuleOptions = {}): QualityRule {
    return new QualityRule({ kind: 'sql', condition }, options);
  }

  /** Name of the rule. */
  readonly name: string;
  /** What a failure does. */
  readonly level: QualityLevel;
  /** @internal */
  readonly _spec: RuleSpec;

  private constructor(spec: RuleSpec, options: QualityRuleOptions) {
    this._spec = spec;
    this.name = options.name ?? defaultName(spec);
    this.level = options.level ?? QualityLevel.ERROR;
  }
}

function defaultName(spec: RuleSpec): string {
  const about = spec.kind === 'sql' ? spec.condition : columnsOf(spec).join(', ');
  return about === '' ? spec.kind : `${spec.kind}(${about})`;
}
