import { WriteModeSpec } from '../spec/source-spec';

/** Options of a snapshot. */
export interface SnapshotOptions {
  /**
   * Whether a run of zero records replaces the partition. Otherwise it fails, because an API that answers
   * nothing is more often broken than empty.
   *
   * @default false
   */
  readonly allowEmpty?: boolean;

  /**
   * Whether a run that `maxPages` or `maxRecords` ended before the API did may replace a whole snapshot. Otherwise
   * it fails, because a limit that was meant as a safety net would silently empty a part of the table.
   *
   * @default false
   */
  readonly allowCut?: boolean;
}

/** What a run does to the data that stands in its partition. */
export class WriteMode {
  /** The partition of a day holds exactly one run, the latest: running twice a day does not double the table. */
  static snapshot(options: SnapshotOptions = {}): WriteMode {
    return new WriteMode({ type: 'snapshot', ...only('allowEmpty', options), ...only('allowCut', options) });
  }

  /** Every run adds its records. */
  static append(): WriteMode {
    return new WriteMode({ type: 'append' });
  }

  private constructor(private readonly spec: WriteModeSpec) {}

  /** @internal */
  _render(): WriteModeSpec {
    return this.spec;
  }
}

const only = (name: keyof SnapshotOptions, options: SnapshotOptions) => (options[name] === true ? { [name]: true } : {});
