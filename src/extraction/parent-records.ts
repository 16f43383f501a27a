import { sorted } from './render-request';
import { Source } from './source';
import { parentField, ParentSpec } from '../spec/parent-spec';
import { placeholdersOf } from '../spec/request-template';
import { RequestSpec } from '../spec/source-spec';
import { TransformSpec } from '../spec/transform-spec';
import { SpecProblem } from '../spec/validate-source-spec';

/** What becomes of a parent's record that has no usable value for a placeholder. */
export enum UnusableParent {
  /** The run fails, and names the record. */
  FAIL = 'fail',
  /** Its children are left out, and a warning of the run tells how many records were. */
  SKIP = 'skip',
}

/** How a parent's records become requests. */
export interface ParentRecordsOptions {
  /**
   * What the placeholders in url, query, headers, form and body stand for: their names, and JSONPaths inside a
   * parent's record: `{ owner: '$.owner.login' }` for `{owner}`. In a JSON body, a string that is nothing but a placeholder
   * takes the value with its type; within longer strings, such as GraphQL's, only names that stand here are placeholders.
   *
   * @default - the field of the same name: `{id}` stands for `$.id`
   */
  readonly bind?: Record<string, string>;

  /**
   * Fields of the parent's record that every child record gets, by the names they get; a run fails when a child's
   * record has a field of that name already.
   *
   * @default - what the placeholders stand for, as `_<parent>_<placeholder>`: `_repos_name`
   */
  readonly include?: Record<string, string>;

  /**
   * What becomes of a parent's record in which a placeholder's value is missing, null, empty, an object or a list, or
   * would change the path (`..`).
   *
   * @default UnusableParent.FAIL
   */
  readonly unusable?: UnusableParent;
}

/** The records of another source, each of which is asked for with requests of its own. */
export class ParentRecords {
  /**
   * The records that a source of the same pipeline committed last: its newest snapshot, or, when it appends, what it added
   * since the child's last run. They stay the same while a run of the child lasts.
   *
   * Two parents that fill all placeholders alike are asked for once, unless 10,000 others stand between them.
   */
  static of(source: Source, options: ParentRecordsOptions = {}): ParentRecords {
    return new ParentRecords(source, options);
  }

  private constructor(
    /** @internal */
    readonly _source: Source,
    private readonly options: ParentRecordsOptions,
  ) {}

  /** @internal */
  _render(url: string, request: RequestSpec | undefined): ParentSpec {
    const { name: source } = this._source;
    const { unusable } = this.options;
    const bind = this.options.bind ?? Object.fromEntries(placeholdersOf(url, request).map(({ name }) => [name, `$.${name}`]));
    const include = this.options.include ?? Object.fromEntries(Object.entries(bind).map(([name, path]) => [parentField(source, name), path]));
    return {
      source,
      reads: this._source._writeMode() === 'append' ? 'added' : 'newest',
      bind: sorted(bind) as Record<string, string>,
      include: sorted(include) as Record<string, string>,
      ...(unusable === UnusableParent.SKIP && { unusable }),
    };
  }

  /**
   * The lake holds the parent's records as its transforms left them.
   *
   * @internal
   */
  _problems({ bind, include = {} }: ParentSpec): SpecProblem[] {
    const transforms = (this._source._options.transforms ?? []).map((transform) => transform._render());
    const lost = (paths: Readonly<Record<string, string>>, property: string, types: readonly TransformSpec['type'][]) =>
      Object.entries(paths).flatMap(([name, path]) => {
        const found = transforms.find((transform) => types.includes(transform.type) && isWithin(path, transform.path));
        return found ? [{ property: `${property}.${name}`, got: path, fix: `source "${this._source.name}" ${VERBS[found.type]} it before it is stored: name another field` }] : [];
      });
    return [...lost(bind, 'parent.bind', ['drop', 'rename', 'hash', 'mask']), ...lost(include, 'parent.include', ['drop', 'rename'])];
  }
}

const VERBS: Readonly<Record<TransformSpec['type'], string>> = { drop: 'drops', rename: 'renames', hash: 'hashes', mask: 'masks' };

const isWithin = (path: string, place: string) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`);
