import type { Table } from '@aws-sdk/client-glue';
import { LakeStore } from '../../extractor/store';

/** What a table's metadata file says of its partitions (Iceberg specification, "Table Metadata Fields"). */
interface IcebergMetadata {
  readonly 'default-spec-id'?: number;
  readonly 'partition-specs'?: readonly { readonly 'spec-id': number; readonly 'fields': readonly { readonly name: string; readonly transform: string }[] }[];
}

interface Partitioned {
  readonly database: string;
  readonly table: string;
  readonly partitionBy: readonly string[];
}

/**
 * Glue does not tell an Iceberg table's partitions, its metadata does.
 *
 * @throws Error for a table that is partitioned otherwise than the transform says.
 */
export async function checkPartitions({ database, table, partitionBy }: Partitioned, existing: Table | undefined, store: LakeStore): Promise<void> {
  const key = /^s3:\/\/[^/]+\/(.+\.json)$/.exec(existing?.Parameters?.metadata_location ?? '')?.[1];
  const stored = key === undefined ? undefined : await store.get(key);
  if (stored === undefined) {
    return;
  }
  const metadata = JSON.parse(stored.body.toString('utf8')) as IcebergMetadata;
  const spec = metadata['partition-specs']?.find((one) => one['spec-id'] === metadata['default-spec-id']);
  const present = (spec?.fields ?? []).filter(({ transform }) => transform !== 'void')
    .map(({ name, transform }) => (transform === 'identity' ? name : `${transform} of ${name}`));
  if ([...present].sort().join() !== [...partitionBy].sort().join()) {
    throw new Error(`table ${database}.${table} is partitioned by ${listed(present)}, partitionBy now names ${listed(partitionBy)}: partitions are fixed when a table is made. `
      + 'Set partitionBy back, or give the transform another name, which makes another table');
  }
}

const listed = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.join(', '));
