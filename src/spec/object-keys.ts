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

export const rawPrefix = (source: string) => `${RAW_PREFIX}${source}/`;

export const curatedPrefix = (table: string) => `${CURATED_PREFIX}${table}/`;

export const partitionPrefix = (source: string, date: string) => `${rawPrefix(source)}${PARTITION_KEY}=${date}/`;

export const stagingPrefix = (source: string, runId: string) => `${STAGING_PREFIX}${source}/${runId}/`;

/** All of a source's runs that are not yet published. */
export const sourceStagingPrefix = (source: string) => `${STAGING_PREFIX}${source}/`;

export const quarantinePrefix = (source: string) => `${QUARANTINE_PREFIX}${source}/`;

/** Records of a day that its contract turned away. */
export const quarantinePartitionPrefix = (source: string, date: string) => `${quarantinePrefix(source)}${PARTITION_KEY}=${date}/`;

export const stateKey = (source: string) => `${STATE_PREFIX}${source}.json`;

export const runResultPrefix = (source: string) => `${RUNS_PREFIX}${source}/`;

export const runResultKey = (source: string, runId: string) => `${runResultPrefix(source)}${runId}.json`;

/** Who runs a run: one workflow execution of all that were started for it. */
export const executionKey = (source: string, runId: string) => `${EXECUTIONS_PREFIX}${source}/${runId}.json`;

export const qualityResultKey = (source: string, runId: string) => `${QUALITY_PREFIX}${source}/${runId}.json`;

const digits = (value: number, width: number) => String(value).padStart(width, '0');

export const stagedPartKey = (source: string, runId: string, epoch: number, part: number) =>
  `${stagingPrefix(source, runId)}${digits(epoch, 6)}-${digits(part, 6)}.jsonl.gz`;

export const checkpointKey = (source: string, runId: string, epoch: number, part: number) =>
  `${stagingPrefix(source, runId)}${digits(epoch, 6)}-${digits(part, 6)}.json`;

/** The name in the table's partition of a staged part; sorts by commit, so "older than seq" is a comparison of names. */
export const rawPartKey = (source: string, date: string, seq: number, runId: string, stagedKey: string) =>
  `${partitionPrefix(source, date)}${publishedName(seq, runId, stagedKey)}`;

/** The same for what is quarantined. */
export const quarantinePartKey = (source: string, date: string, seq: number, runId: string, stagedKey: string) =>
  `${quarantinePartitionPrefix(source, date)}${publishedName(seq, runId, stagedKey)}`;

const publishedName = (seq: number, runId: string, stagedKey: string) =>
  `${digits(seq, 10)}-${runId}-${stagedKey.slice(stagedKey.lastIndexOf('/') + 1)}`;

/** The sequence number in a published part's key, or undefined for a key that no run of ours wrote. */
export function seqOfPart(key: string): number | undefined {
  const match = /^(\d{10})-/.exec(key.slice(key.lastIndexOf('/') + 1));
  return match ? Number(match[1]) : undefined;
}

/** Glue's TableLevelConfiguration for tables that stand directly in this prefix: the bucket counts as level 1. */
export const tableLevel = (prefix: string) => 1 + prefix.split('/').filter((part) => part !== '').length;
