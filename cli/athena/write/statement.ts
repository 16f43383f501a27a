import { Token } from '../sql-tokens';
import { PartitionTransform } from '../table/partition-transform';
import { NamedTable } from '../token-reader';

export interface DeclaredColumn {
  readonly name: string;
  /** In Hive's notation. */
  readonly type: string;
  readonly comment?: string;
}

/** The statements that change the lake, as read from their text. */
export type WriteStatement = DdlStatement | DmlStatement;

export type DdlStatement =
  | CreateTable
  | CreateExternalTable
  | { readonly kind: 'add columns'; readonly table: NamedTable; readonly columns: readonly DeclaredColumn[] }
  | { readonly kind: 'change column'; readonly table: NamedTable; readonly column: DeclaredColumn; readonly from: Token }
  | AddPartitions
  | { readonly kind: 'set properties'; readonly table: NamedTable; readonly properties: Readonly<Record<string, string>> }
  | { readonly kind: 'drop table'; readonly table: NamedTable; readonly ifExists: boolean };

export interface CreateTable {
  readonly kind: 'create table';
  readonly table: NamedTable;
  readonly ifNotExists: boolean;
  readonly columns: readonly DeclaredColumn[];
  readonly partitioning: readonly PartitionTransform[];
  readonly location: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface CreateExternalTable {
  readonly kind: 'create external table';
  readonly table: NamedTable;
  readonly ifNotExists: boolean;
  readonly columns: readonly DeclaredColumn[];
  readonly partitionKeys: readonly DeclaredColumn[];
  readonly serde: string;
  readonly serdeProperties: Readonly<Record<string, string>>;
  readonly inputFormat?: string;
  readonly outputFormat?: string;
  readonly location: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface AddPartitions {
  readonly kind: 'add partitions';
  readonly table: NamedTable;
  readonly ifNotExists: boolean;
  readonly partitions: readonly { readonly values: Readonly<Record<string, string>>; readonly location?: string; readonly token: Token }[];
}

export interface CreateTableAs {
  readonly kind: 'create table as';
  readonly table: NamedTable;
  readonly ifNotExists: boolean;
  readonly properties: Readonly<Record<string, string | readonly string[]>>;
  readonly query: readonly Token[];
  readonly withData: boolean;
}

export type DmlStatement =
  | CreateTableAs
  | { readonly kind: 'insert'; readonly table: NamedTable; readonly columns?: readonly string[]; readonly query: readonly Token[] }
  | { readonly kind: 'delete'; readonly table: NamedTable; readonly where?: readonly Token[] }
  | { readonly kind: 'update'; readonly table: NamedTable; readonly set: readonly Assignment[]; readonly where?: readonly Token[] }
  | MergeInto
  | { readonly kind: 'optimize' | 'vacuum'; readonly table: NamedTable };

export interface Assignment {
  readonly column: string;
  readonly token: Token;
  readonly value: readonly Token[];
}

export interface MergeInto {
  readonly kind: 'merge';
  readonly table: NamedTable;
  /** What the statement calls the target. */
  readonly alias: string;
  readonly source: { readonly query: readonly Token[]; readonly alias: string; readonly columns?: readonly string[] };
  readonly on: readonly Token[];
  readonly cases: readonly MergeCase[];
}

export interface MergeCase {
  readonly matched: boolean;
  readonly condition?: readonly Token[];
  readonly action: 'update' | 'delete' | 'insert';
  /** Columns and their new values; none for a delete. */
  readonly set: readonly Assignment[];
  /** Whether INSERT names no columns: then the values are for all, in their order. */
  readonly allColumns?: boolean;
  readonly token: Token;
}

