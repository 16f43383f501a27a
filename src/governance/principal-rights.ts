import { LakePermission } from './lake-permission';
import { LakeGrant } from './serial-grants';
import { Problems } from '../core/problems';

/** How someone reaches a table: sees a part of it, sees all of it, or changes it. */
type TableRight = 'part' | 'whole' | 'change';

interface Held {
  readonly principal: string;
  readonly right: TableRight;
  /** The table; undefined for all tables. */
  readonly table?: string;
}

/** What cannot be held beside a part of a table, and what to do about it. */
const BESIDE_A_PART: Readonly<Record<Exclude<TableRight, 'part'>, readonly [string, string]>> = {
  change: ['changes of it', 'who sees a part of a table cannot hold INSERT, ALTER, DELETE or DROP on it: grant one of the two to another principal'],
  whole: ['all of it', 'nothing would be hidden: leave one of the two grants out'],
};

/**
 * Who holds what on the tables of a lake, to find grants that cannot stand together.
 *
 * @see https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-notes.html
 */
export class PrincipalRights {
  private readonly held: Held[] = [];

  note(principal: string, { permissions, resource }: LakeGrant, problems: Problems): void {
    const { table, dataCellsFilter } = resource as { table?: { name?: string }; dataCellsFilter?: { tableName: string } };
    const right = dataCellsFilter ? 'part' : table && rightOf(permissions);
    if (right) {
      this.hold({ principal, right, table: dataCellsFilter?.tableName ?? table?.name }, problems);
    }
  }

  private hold(wanted: Held, problems: Problems): void {
    const all = [wanted, ...this.held.filter((held) => held.principal === wanted.principal && overlap(held, wanted))];
    const part = all.find(({ right }) => right === 'part');
    for (const right of ['change', 'whole'] as const) {
      const [other, fix] = BESIDE_A_PART[right];
      problems.check(!part || !all.some((held) => held.right === right), 'grantee', `a part of ${part?.table}, and ${other}`, fix);
    }
    this.held.push(wanted);
  }
}

const overlap = (one: Held, other: Held): boolean => one.table === undefined || other.table === undefined || one.table === other.table;

function rightOf(permissions: LakePermission[]): TableRight | undefined {
  const { ALL, ALTER, DELETE, DROP, INSERT, SELECT } = LakePermission;
  if (permissions.some((permission) => [ALL, INSERT, ALTER, DELETE, DROP].includes(permission))) {
    return 'change';
  }
  return permissions.includes(SELECT) ? 'whole' : undefined;
}
