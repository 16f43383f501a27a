import { bytes, count, counted, duration } from './format';
import { ConsoleReport, CrawlReport, DoctorReport, ExecutionSummary, QueryReport, Result, RunReport, StatusReport } from './results';
import { table } from './table';

const NUMERIC = /^(tinyint|smallint|integer|int|bigint|double|float|real|decimal)/;

/** The result as a person reads it on stdout; empty when there is nothing to show. */
export function resultAsText(result: Result): string {
  switch (result.kind) {
    case 'run': return runText(result);
    case 'crawl': return crawlText(result);
    case 'query': return queryText(result);
    case 'status': return statusText(result);
    case 'console': return consoleText(result);
    case 'doctor': return doctorText(result);
    case 'done': return result.message;
  }
}

function runText({ runs }: RunReport): string {
  if (runs.length === 0) {
    return '';
  }
  const head = ['source', 'records', 'pages', 'parts', 'bytes', 'time', 'table', 'partition'];
  const rows = runs.map((run) => [
    run.source,
    run.quarantined > 0 ? `${count(run.records)} (${count(run.quarantined)} quarantined)` : count(run.records),
    count(run.pages),
    count(run.parts),
    bytes(run.bytes),
    duration(run.durationMs),
    `${run.database}.${run.table}`,
    run.partition,
  ]);
  return table(head, rows, [false, true, true, true, true, true]);
}

/** A list and no table: the type of a nested column is longer than a terminal is wide. */
function crawlText({ tables }: CrawlReport): string {
  return tables.map(({ database, table: name, columns, partitions }) => {
    const title = `${database}.${name}: ${counted(columns.length, 'column')}${partitions === undefined ? '' : `, ${counted(partitions, 'partition')}`}`;
    const width = Math.max(0, ...columns.map((column) => column.name.length));
    return [title, ...columns.map((column) => `  ${column.name.padEnd(width)}  ${column.type}`)].join('\n');
  }).join('\n');
}

const queryText = ({ columns, rows }: QueryReport): string =>
  (columns.length === 0 ? '' : table(columns.map((column) => column.name), rows, columns.map((column) => NUMERIC.test(column.type))));

function statusText({ lake, sources }: StatusReport): string {
  const rows = sources.map(({ source, database, table: name, catalogued, lastRun, openRun, lastExecution, quarantineObjects }) => [
    source,
    lastExecution === undefined ? '' : executionText(lastExecution),
    `${database}.${name}${catalogued ? '' : ' (not catalogued)'}`,
    lastRun === undefined ? 'never' : lastRun.finishedAt,
    lastRun === undefined ? '' : count(lastRun.records),
    lastRun?.partition ?? '',
    openRun ?? '',
    quarantineObjects === 0 ? '' : counted(quarantineObjects, 'object'),
  ]);
  const head = ['source', 'workflow', 'table', 'last extracted', 'records', 'partition', 'interrupted run', 'quarantine'];
  return `lake: ${lake}\n${table(head, rows, [false, false, false, false, true])}`;
}

const OUTCOMES = { RUNNING: 'is under way', SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was stopped' };

const executionText = ({ status, step, error }: ExecutionSummary): string =>
  `${OUTCOMES[status]}${step === undefined ? '' : ` in ${step}`}${error === undefined ? '' : ` (${error})`}`;

const consoleText = ({ consoles }: ConsoleReport): string =>
  consoles.map(({ pipeline, url, workgroup, database }) => `${pipeline}: workgroup ${workgroup}, database ${database}\n${url}`).join('\n');

const doctorText = ({ checks }: DoctorReport): string => checks.map(({ stack, check, found }) => `${stack}: ${check}: ${found}`).join('\n');
