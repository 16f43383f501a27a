import { quoteName, sqlText } from '../../../src/spec/sql-text';
import { RUN_ID_COLUMN, TransformPlan } from '../../../src/spec/workflow-plan';

/** Athena writes no more partitions in one statement. */
export const MAX_PARTITIONS = 100;

/** What one run writes, and where. */
export interface Write {
  readonly database: string;
  readonly plan: TransformPlan;
  /** The run's, for the column that tells who wrote a row. */
  readonly runId: string;
  /** Columns of the query. */
  readonly columns: readonly string[];
  /** How many partitions the query's rows fall into. */
  readonly partitions: number;
}

/**
 * The statements that fill the table, one after the other. Each is one Iceberg commit, and each may be run again: what a
 * run wrote before is what it deletes, or merges into.
 *
 * Rows that are to go are named by rows of the source whose `$match` holds their key; rows that come have none, so that
 * no row that comes is ever compared with one that is there.
 */
export function writeStatements(write: Write): string[] {
  const batches = rangesOf(write.partitions);
  switch (write.plan.mode.type) {
    case 'merge': return batches.map((range) => merge(write, range));
    case 'replacePartition': return batches.map((range) => replacePartitions(write, range));
    case 'append': return write.plan.partitionBy.length === 0 ? [replaceRows(write, runOnly(write))] : batches.map((range) => replacePartitions(write, range, runOnly(write).where));
    case 'fullRefresh': return batches.length === 1 ? [replaceRows(write, wholeTable(write))] : refreshByPartition(write, batches);
  }
}

/**
 * Yields how many partitions the query's rows fall into, and how many rows of a merge have no key; undefined when neither
 * matters.
 */
export function countStatement({ query, partitionBy, mode }: TransformPlan): string | undefined {
  if (partitionBy.length === 0 && mode.type !== 'merge') {
    return undefined;
  }
  const keys = partitionBy.map((name) => partitionKey('"q"', name));
  const partitions = keys.length === 0 ? '0' : `count(DISTINCT ${keys.length === 1 ? keys[0] : `ROW(${keys.join(', ')})`})`;
  const isNull = mode.type === 'merge' ? mode.key.map((name) => `"q".${quoteName(name)} IS NULL`).join(' OR ') : 'false';
  return `SELECT ${partitions} AS "partitions", count(CASE WHEN ${isNull} THEN 1 END) AS "null_keys"\nFROM ${subquery(query)} AS "q"`;
}

/** Yields how many rows of the table the run wrote, whatever writers came after. */
export const rowsStatement = (write: Pick<Write, 'database' | 'plan' | 'runId'>) =>
  `SELECT count(*) AS "rows"\nFROM ${tableName(write)}\nWHERE ${quoteName(RUN_ID_COLUMN)} = ${sqlText(write.runId)}`;

/** A line feed before the parenthesis closes: a query may end in a comment. */
export const subquery = (query: string) => `(\n${query}\n)`;

/** Which of the partitions a statement writes, counted from 1. The last range is open: rows may have come since they were counted. */
interface Range {
  readonly from: number;
  readonly to?: number;
}

function rangesOf(partitions: number): (Range | undefined)[] {
  const count = Math.ceil(partitions / MAX_PARTITIONS);
  if (count <= 1) {
    return [undefined];
  }
  const starts = Array.from({ length: count }, (_, i) => i * MAX_PARTITIONS + 1);
  return starts.map((from, i) => (i < count - 1 ? { from, to: from + MAX_PARTITIONS - 1 } : { from }));
}

const inRange = (range: Range | undefined) =>
  (range === undefined ? [] : [`"$partition" >= ${range.from}`, ...(range.to === undefined ? [] : [`"$partition" <= ${range.to}`])]);

/** The latest row of each key; an older one never replaces a newer. Rows without a key fail the run before: these came since. */
function merge(write: Write, range: Range | undefined): string {
  const { key, latestBy } = write.plan.mode as TransformPlan['mode'] & { type: 'merge' };
  const latest = quoteName(latestBy);
  const keys = key.map(quoteName);
  const others = write.columns.filter((name) => !key.includes(name)).map(quoteName);
  const changed = others.map((name) => `"t".${name} IS DISTINCT FROM "s".${name}`).join(' OR ');
  const values = [...others.map((name) => `${name} = "s".${name}`), `${quoteName(RUN_ID_COLUMN)} = ${sqlText(write.runId)}`];
  return `${intoTable(write)}
USING (
  SELECT ${names(write.columns)}
  FROM (
    SELECT ${['"q".*', ...(range === undefined ? [] : [rank(write.plan.partitionBy)])].join(', ')}
    FROM (
      SELECT "q".*, row_number() OVER (PARTITION BY ${keys.map((name) => `"q".${name}`).join(', ')} ORDER BY "q".${latest} DESC NULLS LAST) AS "$number"
      FROM ${subquery(write.plan.query)} AS "q"
      WHERE ${keys.map((name) => `"q".${name} IS NOT NULL`).join(' AND ')}
    ) AS "q"
    WHERE "q"."$number" = 1
  ) AS "q"${where(inRange(range))}
) AS "s"
ON ${keys.map((name) => `"t".${name} = "s".${name}`).join(' AND ')}
WHEN MATCHED AND ("t".${latest} IS NULL OR "s".${latest} >= "t".${latest}) AND (${changed}) THEN
  UPDATE SET ${values.join(', ')}
${whenNew(write)}`;
}

/** Which rows of the table go, by one key that no row of the source has by chance. */
interface Outgoing {
  /** The key of a row of the table. */
  readonly key: string;
  /** Narrows what is read of the table. */
  readonly where: readonly string[];
  /** The keys, as a query of one column. */
  readonly keys: string;
}

const runIdOf = (alias: string) => `${alias}.${quoteName(RUN_ID_COLUMN)}`;

/** What this run wrote before. */
function runOnly({ runId }: Write): Outgoing {
  return { key: runIdOf('"t"'), where: [`${runIdOf('"t"')} = ${sqlText(runId)}`], keys: `SELECT ${sqlText(runId)}` };
}

/** Everything, by the runs that wrote it. */
function wholeTable(write: Write): Outgoing {
  return { key: `coalesce(${runIdOf('"t"')}, '')`, where: [], keys: `SELECT DISTINCT coalesce(${runIdOf('"o"')}, '') FROM ${tableName(write)} AS "o"` };
}

/** Takes rows out and puts the query's rows in, in one commit. */
function replaceRows(write: Write, outgoing: Outgoing): string {
  const nothing = write.columns.map((name) => `NULL AS ${quoteName(name)}`).join(', ');
  return `${intoTable(write)}
USING (
  SELECT ${names(write.columns)}, CAST(NULL AS varchar) AS "$match"
  FROM ${subquery(write.plan.query)} AS "q"
  UNION ALL
  SELECT ${nothing}, "$out"."$key"
  FROM (${outgoing.keys}) AS "$out" ("$key")
) AS "s"
ON ${[`${outgoing.key} = "s"."$match"`, ...outgoing.where].join(' AND ')}
WHEN MATCHED THEN DELETE
${whenNew(write, ['"s"."$match" IS NULL'])}`;
}

/**
 * Takes the rows of every partition that the query's rows fall into out, and puts the query's rows in, in one commit. The
 * query is read once: the first row of each partition comes twice, once to match what goes.
 */
function replacePartitions(write: Write, range: Range | undefined, narrower: readonly string[] = []): string {
  const { partitionBy, query } = write.plan;
  const keys = partitionBy.map((name) => partitionKey('"q"', name));
  const ranked = range === undefined ? [] : [rank(partitionBy)];
  return `${intoTable(write)}
USING (
  SELECT ${names(write.columns)},
    ${keys.map((_, i) => `CASE WHEN "$old"."old" THEN "q"."$key${i}" END AS "$match${i}"`).join(', ')}
  FROM (
    SELECT ${['"q".*', ...keys.map((key, i) => `${key} AS "$key${i}"`), `row_number() OVER (PARTITION BY ${keys.join(', ')}) AS "$number"`, ...ranked].join(', ')}
    FROM ${subquery(query)} AS "q"
  ) AS "q"
  CROSS JOIN UNNEST(ARRAY[true, false]) AS "$old" ("old")${where(['(NOT "$old"."old" OR "q"."$number" = 1)', ...inRange(range)])}
) AS "s"
ON ${[...partitionBy.map((name, i) => `${partitionKey('"t"', name)} = "s"."$match${i}"`), ...narrower].join(' AND ')}
WHEN MATCHED THEN DELETE
${whenNew(write, ['"s"."$match0" IS NULL'])}`;
}

/** A table of too many partitions for one commit: each is replaced whole, then those that the query no longer has go. */
function refreshByPartition(write: Write, batches: readonly (Range | undefined)[]): string[] {
  const rest = `DELETE FROM ${tableName(write)} WHERE ${quoteName(RUN_ID_COLUMN)} IS DISTINCT FROM ${sqlText(write.runId)}`;
  return [...batches.map((range) => replacePartitions(write, range)), rest];
}

/** Equality finds no NULL, so NULL gets Hive's name for a partition of NULLs. */
const partitionKey = (alias: string, name: string) => `coalesce(CAST(${alias}.${quoteName(name)} AS varchar), '__HIVE_DEFAULT_PARTITION__')`;

const rank = (partitionBy: readonly string[]) => `dense_rank() OVER (ORDER BY ${partitionBy.map((name) => partitionKey('"q"', name)).join(', ')}) AS "$partition"`;

const names = (columns: readonly string[]) => columns.map((name) => `"q".${quoteName(name)}`).join(', ');

const where = (conditions: readonly string[]) => (conditions.length === 0 ? '' : `\n  WHERE ${conditions.join(' AND ')}`);

const tableName = ({ database, plan }: Pick<Write, 'database' | 'plan'>) => `${quoteName(database)}.${quoteName(plan.table)}`;

const intoTable = (write: Write) => `MERGE INTO ${tableName(write)} AS "t"`;

function whenNew({ columns, runId }: Write, conditions: readonly string[] = []): string {
  const into = [...columns, RUN_ID_COLUMN].map(quoteName).join(', ');
  return `WHEN NOT MATCHED${conditions.map((condition) => ` AND ${condition}`).join('')} THEN
  INSERT (${into}) VALUES (${[...columns.map((name) => `"s".${quoteName(name)}`), sqlText(runId)].join(', ')})`;
}
