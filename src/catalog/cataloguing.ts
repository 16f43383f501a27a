import { CataloguingStrategy } from '../spec/workflow-plan';

/** How a source's table is kept up to date after each run. */
export class Cataloguing {
  /**
   * A crawl when the columns of all records so far are not those of the table, or when there is no table yet; then what
   * the crawler missed is added, because it reads only the first megabyte of a file. Otherwise one `ALTER TABLE ADD
   * PARTITION`, which is free.
   */
  static crawlOnSchemaChange(): Cataloguing {
    return new Cataloguing('crawlOnSchemaChange');
  }

  /** A crawl after every run: USD 0.147 at least. */
  static crawlAlways(): Cataloguing {
    return new Cataloguing('crawlAlways');
  }

  private constructor(
    /** @internal */
    readonly _strategy: CataloguingStrategy,
  ) {}
}
