/** Where everything stands in the lake's bucket. The only definition of these names. */

export const PARTITION_KEY = 'ingestion_date';

export const RAW_PREFIX = 'raw/';
export const CURATED_PREFIX = 'curated/';
export const STAGING_PREFIX = '_staging/';
export const STATE_PREFIX = '_state/';
export const RUNS_PREFIX = '_runs/';
export const EXECUTIONS_PREFIX = '_executions/';
export const QUARANTINE_PREFIX = 'quarantine/';
export const QUALITY_PREFIX = '_quality/';
export const BACKFILLS_PREFIX = '_backfills/';

export const rawPrefix = (source: string) => `${RAW_PREFIX}${source}/`;

export const curatedPrefix = (table: string) => `${CURATED_PREFIX}${table}/`;

export const partitionPrefix = (source: string, date: string) => `${rawPrefix(source)}${PARTITION_KEY}=${date}/`;

export const stagingPrefix = (source: string, runId: string) => `${STAGING_PREFIX}${source}/${runId}/`;

/** All of a source's runs that are not yet published. */
export const sourceStagingPrefix = (source: string) => `${STAGING_PREFIX}${source}/`;

export const quarantinePrefix = (source: string) => `${QUARANTINE_PREFIX}${source}/`;

/** Records of a day that its contract turned away. */
export const quarantinePartitionPrefix = (source: string, date: string) => `${quarantinePrefix(source)}${PARTITION_KEY}=${date}/`;

/**
 * Where a source stands. A stream that runs beside it, as a backfill's window does, has a state of its own; so that neither
 * waits for the other, nor moves it.
 */
export const stateKey = (source: string, stream?: string) => `${STATE_PREFIX}${source}${stream === undefined ? '' : `/${stream}`}.json`;

/** The states of all streams that run beside a source. */
export const streamStatesPrefix = (source: string) => `${STATE_PREFIX}${source}/`;

export const runResultPrefix = (source: string) => `${RUNS_PREFIX}${source}/`;

export const runResultKey = (source: string, runId: string) => `${runResultPrefix(source)}${runId}.json`;

export const executionPrefix = (source: string) => `${EXECUTIONS_PREFIX}${source}/`;

/** Who runs a run: one workflow execution of all that were started for it. */
export const executionKey = (source: string, runId: string) => `${executionPrefix(source)}${runId}.json`;

/** All backfills of a source. */
export const backfillsPrefix = (source: string) => `${BACKFILLS_PREFIX}${source}/`;

/** What a backfill is, and what it brought once it is complete. */
export const backfillKey = (source: string, id: string) => `${backfillsPrefix(source)}${id}.json`;

/** Why a run of a backfill failed the last time. */
export const backfillFailureKey = (source: string, id: string, runId: string) => `${backfillsPrefix(source)}${id}/${runId}.json`;

export const qualityResultKey = (source: string, runId: string) => `${QUALITY_PREFIX}${source}/${runId}.json`;

const digits = (value: number, width: number) => String(value).padStart(width, '0');

export const stagedPartKey = (source: string, runId: string, epoch: number, part: number) =>
  `${stagingPrefix(source, runId)}${digits(epoch, 6)}-${digits(part, 6)}.jsonl.gz`;

export const checkpointKey = (source: string, runId: string, epoch: number, part: number) =>
  `${stagingPrefix(source, runId)}${digits(epoch, 6)}-${digits(part, 6)}.json`;

/** The name in the table's partition of a staged part; sorts by commit, so "older than seq" is a comparison of names. */
export const rawPartKey = (source: string, date: string, seq: number, runId: string, stagedKey: string, stream?: string) =>
  `${partitionPrefix(source, date)}${publishedName(seq, runId, stagedKey, stream)}`;

/** The same for what is quarantined. */
export const quarantinePartKey = (source: string, date: string, seq: number, runId: string, stagedKey: string, stream?: string) =>
  `${quarantinePartitionPrefix(source, date)}${publishedName(seq, runId, stagedKey, stream)}`;

/** Begin of a stream's names in a partition; the source's own begin with the commit's number. */
export const streamNamePrefix = (stream: string | undefined) => (stream === undefined ? '' : `${stream}-`);

const publishedName = (seq: number, runId: string, stagedKey: string, stream?: string) =>
  `${streamNamePrefix(stream)}${digits(seq, 10)}-${runId}-${stagedKey.slice(stagedKey.lastIndexOf('/') + 1)}`;

/** The sequence number in a published part's key, or undefined for a key that no run of this stream wrote. */
export function seqOfPart(key: string, stream?: string): number | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const own = streamNamePrefix(stream);
  const match = name.startsWith(own) ? /^(\d{10})-/.exec(name.slice(own.length)) : null;
  return match ? Number(match[1]) : undefined;
}

/** Glue's TableLevelConfiguration for tables that stand directly in this prefix: the bucket counts as level 1. */
export const tableLevel = (prefix: string) => 1 + prefix.split('/').filter((part) => part !== '').length;
