/** Options of a named query. */
export interface NamedQueryOptions {
  /**
   * What the query answers.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** A query that analysts find under its name in the workgroup. */
export class NamedQuery {
  /**
   * A query in Athena SQL.
   *
   * @param name unique in its workgroup.
   * @param sql one statement.
   */
  static sql(name: string, sql: string, options: NamedQueryOptions = {}): NamedQuery {
    return new NamedQuery(name, sql, options.description);
  }

  private constructor(
    /** Name of the query. */
    readonly name: string,
    /** Its text. */
    readonly queryString: string,
    /** What it answers. */
    readonly description?: string,
  ) {}
}
