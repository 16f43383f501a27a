import { TransformMode } from './transform-mode';

/** Options of a transform. */
export interface SqlTransformOptions {
  /**
   * One SELECT in Athena's SQL. Tables without a database are the lake's: sources and other transforms of the pipeline by
   * their names. `{{ingestion_date}}` and `{{run_id}}` are those of the run.
   */
  readonly query: string;

  /** What happens to the rows that the table has. */
  readonly mode: TransformMode;

  /**
   * Sources and transforms of the pipeline that the query reads. The transform runs after each run of a source among them,
   * or behind them, once all their tables are there.
   *
   * @default - those that the query names
   */
  readonly inputs?: string[];

  /**
   * Columns that the table is partitioned by, of the types varchar, integer, bigint, boolean or date. Fixed when the table
   * is made.
   *
   * @default - the table is not partitioned
   */
  readonly partitionBy?: string[];

  /**
   * Types, as DDL writes them (`array<string>`, `decimal(12,2)`), of columns whose type Athena tells only in part: lists,
   * maps and rows.
   *
   * @default - the types that the query yields
   */
  readonly columns?: Record<string, string>;
}

/**
 * A table that a query makes of others: an Iceberg table (Parquet, zstd) under `curated/<name>/`, which every run brings up
 * to date. Its columns are the query's, and `_run_id`, the run that wrote the row. A column that the query gets is added; one
 * that it loses stays, and is NULL in new rows; one whose type changes fails the run.
 */
export class Transform {
  /**
   * A table that an SQL query makes.
   *
   * @param name name of the transform and of its table: lower-case letters, digits and underscores.
   */
  static sql(name: string, options: SqlTransformOptions): Transform {
    return new Transform(name, options);
  }

  private constructor(
    /** Name of the transform and of its table. */
    readonly name: string,
    /** @internal */
    readonly _options: SqlTransformOptions,
  ) {}
}
