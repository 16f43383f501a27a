import { AwsAnswer, awsError, startScriptedAws } from './scripted-aws';

interface Column { Name: string; Type: string }

export interface FakePartition {
  readonly Values: string[];
  StorageDescriptor: { Columns: Column[]; Location: string };
}

export interface FakeTable {
  readonly Name: string;
  Parameters: Record<string, string>;
  StorageDescriptor: { Columns: Column[]; Location: string; SerdeInfo?: { Parameters: Record<string, string> } };
  readonly PartitionKeys: Column[];
  VersionId: string;
}

/** One table of Glue's catalogue on loopback, as far as the catalogue's function asks. */
export async function startGlue(table: FakeTable | undefined, partitions: FakePartition[] = []) {
  const missing = awsError('EntityNotFoundException', 'Table not found.');
  const aws = await startScriptedAws({
    GetTable: () => (table ? { body: { Table: { ...table, DatabaseName: 'db', CreateTime: 1764000000, CreatedBy: 'crawler' } } } : missing),
    UpdateTable: ({ TableInput, VersionId }): AwsAnswer => {
      if (VersionId !== table!.VersionId) {
        return awsError('ConcurrentModificationException', 'Update table failed due to concurrent modifications.');
      }
      if ('CreateTime' in TableInput || 'DatabaseName' in TableInput) {
        return awsError('ValidationException', 'not a field of TableInput');
      }
      table = { ...TableInput, VersionId: String(Number(VersionId) + 1) };
      return {};
    },
    // Two pages, however few.
    GetPartitions: ({ NextToken }) => ({
      body: NextToken === undefined ? { Partitions: partitions.slice(0, 1), NextToken: 'more' } : { Partitions: partitions.slice(1) },
    }),
    BatchUpdatePartition: ({ Entries }): AwsAnswer => {
      if (Entries.length > 100) {
        return awsError('ValidationException', 'at most 100 entries');
      }
      for (const { PartitionValueList, PartitionInput } of Entries) {
        partitions.find(({ Values }) => Values[0] === PartitionValueList[0])!.StorageDescriptor = PartitionInput.StorageDescriptor;
      }
      return { body: { Errors: [] } };
    },
  });
  return { ...aws, table: () => table!, partitions };
}
