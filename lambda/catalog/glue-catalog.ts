import {
  BatchUpdatePartitionCommand, EntityNotFoundException, GetTableCommand, GlueClient, paginateGetPartitions, Partition, Table, TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { CatalogError } from './errors';

export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** What BatchUpdatePartition takes at once. */
const BATCH = 100;

/** Tables and partitions of the Glue catalogue. */
export class GlueCatalog {
  constructor(private readonly client: GlueClient = new GlueClient({ maxAttempts: 6 })) {}

  async getTable({ database, table }: TableName): Promise<Table | undefined> {
    try {
      return (await this.client.send(new GetTableCommand({ DatabaseName: database, Name: table }))).Table;
    } catch (error) {
      if (error instanceof EntityNotFoundException) {
        return undefined;
      }
      throw error;
    }
  }

  /** Fails when someone else changed the table since it was read. */
  async updateTable({ database }: TableName, read: Table, changes: Partial<TableInput>): Promise<void> {
    await this.client.send(new UpdateTableCommand({
      DatabaseName: database,
      TableInput: { ...inputOf(read), ...changes },
      VersionId: read.VersionId,
    }));
  }

  async* partitions({ database, table }: TableName): AsyncGenerator<Partition> {
    for await (const page of paginateGetPartitions({ client: this.client }, { DatabaseName: database, TableName: table })) {
      yield* page.Partitions ?? [];
    }
  }

  async updatePartitions({ database, table }: TableName, partitions: readonly Partition[]): Promise<void> {
    for (let start = 0; start < partitions.length; start += BATCH) {
      const { Errors: errors = [] } = await this.client.send(new BatchUpdatePartitionCommand({
        DatabaseName: database,
        TableName: table,
        Entries: partitions.slice(start, start + BATCH).map(({ Values, StorageDescriptor, Parameters, LastAccessTime }) => ({
          PartitionValueList: Values ?? [],
          PartitionInput: { Values, StorageDescriptor, Parameters, LastAccessTime },
        })),
      }));
      if (errors.length > 0) {
        const [{ PartitionValueList: values, ErrorDetail: detail }] = errors;
        throw new CatalogError(detail?.ErrorCode ?? 'PARTITION_NOT_UPDATED',
          `${database}.${table}: ${errors.length} partitions were not updated, the first one ${values?.join('/')}: ${detail?.ErrorMessage ?? 'Glue gives no reason'}`);
      }
    }
  }
}

/** What of a table can be written: Glue answers more than it takes. */
function inputOf(table: Table): TableInput {
  const { Name, Description, Owner, LastAccessTime, LastAnalyzedTime, Retention, StorageDescriptor, PartitionKeys } = table;
  const { ViewOriginalText, ViewExpandedText, TableType, Parameters } = table;
  return {
    Name,
    Description,
    Owner,
    LastAccessTime,
    LastAnalyzedTime,
    Retention,
    StorageDescriptor,
    PartitionKeys,
    ViewOriginalText,
    ViewExpandedText,
    TableType,
    Parameters,
  };
}
