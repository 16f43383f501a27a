import { TransformModePlan } from '../spec/workflow-plan';

/** Options of `TransformMode.merge`. */
export interface MergeOptions {
  /** Columns that tell rows apart. A row with a NULL among them fails the run (`MERGE_KEY_NULL`) before anything is written. */
  readonly key: string[];

  /** Column whose greatest value is the latest row of a key. An older row never replaces a newer one; of two equal ones either is kept. */
  readonly latestBy: string;
}

/** What happens to the rows that a curated table has when a run brings its own. Every mode gives the same however often a run is repeated. */
export class TransformMode {
  /** The run's rows are added; what the same run brought before is replaced. */
  static append(): TransformMode {
    return new TransformMode({ type: 'append' });
  }

  /** Every partition that the run's rows fall into is replaced whole; the others stay, all of them when there is no row. Needs `partitionBy`. */
  static replacePartition(): TransformMode {
    return new TransformMode({ type: 'replacePartition' });
  }

  /** One row a key, the latest. Rows that have not changed are not written again. */
  static merge(options: MergeOptions): TransformMode {
    return new TransformMode({ type: 'merge', key: options.key.map(lower), latestBy: lower(options.latestBy) });
  }

  /** The table is what the query yields. */
  static fullRefresh(): TransformMode {
    return new TransformMode({ type: 'fullRefresh' });
  }

  private constructor(
    /** @internal */
    readonly _plan: TransformModePlan,
  ) {}
}

const lower = (name: string) => name.toLowerCase();
