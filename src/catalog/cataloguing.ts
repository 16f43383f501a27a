import { TableColumn } from './table-column';
import { CataloguingStrategy } from '../spec/workflow-plan';

/** Options of `Cataloguing.explicit`. */
export interface ExplicitCataloguingOptions {
  /**
   * Columns of the table, besides its partition key `ingestion_date`.
   *
   * @default - those that the source's contract declares
   */
  readonly columns?: TableColumn[];

  /**
   * First day that queries see, YYYY-MM-DD: partition projection begins there. A run of an earlier day fails.
   *
   * @default '2020-01-01'
   */
  readonly firstPartition?: string;
}

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

  /**
   * The table stands in the template, with the columns that are given or those of the source's contract, and partition
   * projection on `ingestion_date`: no crawler, and nothing to do after a run. What is stored and not declared stays in the
   * records; each run warns of it.
   */
  static explicit(options: ExplicitCataloguingOptions = {}): Cataloguing {
    return new Cataloguing('explicit', options);
  }

  private constructor(
    /** @internal */
    readonly _strategy: CataloguingStrategy,
    /**
     * Only of `explicit`.
     *
     * @internal
     */
    readonly _table?: ExplicitCataloguingOptions,
  ) {}
}
