import { LakeTagValues } from './lake-tag';

/** What of a lake someone may read: all of it, unless options say less. */
export interface LakeReadOptions {
  /**
   * The one table that may be read. Under Lake Formation it must be declared in the app, because a grant on a table that a
   * crawler or a transform has yet to make fails.
   *
   * @default - all tables, those to come included
   */
  readonly table?: string;

  /**
   * The columns of `table` that may be read. Partition keys can always be read.
   *
   * @default - all columns
   */
  readonly columns?: string[];

  /**
   * The columns of `table` that may not be read. New columns can be. Excludes `columns`.
   *
   * @default - none
   */
  readonly excludedColumns?: string[];

  /**
   * The rows of `table` that may be read: comparisons of columns with constants, joined by AND, OR and NOT, such as
   * `country = 'NO' AND age >= 18`.
   *
   * @default - all rows
   * @see https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
   */
  readonly rowFilter?: string;

  /**
   * Read what bears one of the values of each of these tags, in all databases of the account. Excludes `table`.
   *
   * @default - tags do not matter
   */
  readonly tags?: LakeTagValues[];
}

/** What of a lake someone may change. */
export interface LakeWriteOptions {
  /**
   * The one table that may be changed. Under Lake Formation it must be declared in the app.
   *
   * @default - all tables, those to come included
   */
  readonly table?: string;
}

/** What of a lake's database bears a tag. */
export interface LakeTagTarget {
  /**
   * The table. It must be declared in the app.
   *
   * @default - the database, and with it all that does not bear another value of the tag
   */
  readonly table?: string;

  /**
   * The columns of `table`.
   *
   * @default - the whole table
   */
  readonly columns?: string[];
}
