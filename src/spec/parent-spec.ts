/** A source that sends its requests once for every record of another source, its parent. */
export interface ParentSpec {
  /** Name of the source whose records are read. */
  readonly source: string;
  /** `newest`: the snapshot committed last. `added`: what was committed since this source's last run. */
  readonly reads: 'newest' | 'added';
  /** What the request's placeholders stand for: JSONPaths inside a parent's record. */
  readonly bind: Readonly<Record<string, string>>;
  /** Fields that every record of this source gets: name, and JSONPath inside the parent's record. */
  readonly include?: Readonly<Record<string, string>>;
  /** What becomes of a parent's record that has no usable value for a placeholder. Default: fail. */
  readonly unusable?: 'fail' | 'skip';
}

/** Parents remembered, so that two with the same values are asked for once. */
export const REMEMBERED_PARENTS = 10_000;

/** The field that carries a parent's value unless `include` says otherwise. */
export const parentField = (parent: string, placeholder: string) => `_${parent}_${placeholder}`;
