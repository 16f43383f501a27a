import { GlueColumn } from '../../src/spec/merge-columns';

export type { GlueColumn };

/** The part of Glue's API shapes that the local lake keeps (AWS Glue API reference, "Table", "Partition"). */
export interface GlueStorageDescriptor {
  readonly Columns: readonly GlueColumn[];
  readonly Location: string;
  readonly InputFormat?: string;
  readonly OutputFormat?: string;
  readonly Compressed?: boolean;
  readonly SerdeInfo?: {
    readonly SerializationLibrary?: string;
    readonly Parameters?: Readonly<Record<string, string>>;
  };
}

export interface GlueTable {
  readonly Name: string;
  readonly DatabaseName?: string;
  readonly TableType?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly PartitionKeys?: readonly GlueColumn[];
  readonly StorageDescriptor?: GlueStorageDescriptor;
  /** Text of a view (`TableType` VIRTUAL_VIEW). */
  readonly ViewOriginalText?: string;
}

export interface GluePartition {
  /** One value a partition key, in the keys' order. */
  readonly Values: readonly string[];
  /** Only the location is a partition's own: the rest is inherited from the table (`InheritFromTable`). */
  readonly StorageDescriptor: { readonly Location: string };
}
