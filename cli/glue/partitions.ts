import { notFound } from './glue-error';
import { GlueInput, GlueOperation, GlueServices } from './operation';
import { requireTable } from './tables';
import { GluePartition, GlueTable } from '../catalog';

/** Glue's own limit of a page. */
const PAGE = 1000;

type Values = readonly string[];

const partitionsOf = ({ catalog }: GlueServices, { DatabaseName, TableName }: GlueInput) =>
  catalog.getPartitions(String(DatabaseName), String(TableName));

const sameValues = (one: Values, other: Values) => one.length === other.length && one.every((value, i) => value === other[i]);

const find = (known: readonly GluePartition[], values: Values) => known.find((one) => sameValues(one.Values, values));

/** A local partition holds its location only: the rest is the table's, as the crawler's `InheritFromTable` has it. */
const describe = (table: GlueTable, { DatabaseName }: GlueInput, { Values: values, StorageDescriptor }: GluePartition) => ({
  Values: values, DatabaseName, TableName: table.Name, StorageDescriptor: { ...table.StorageDescriptor, ...StorageDescriptor },
});

const failed = (ErrorCode: string, ErrorMessage: string) => ({ ErrorDetail: { ErrorCode, ErrorMessage } });

export const getPartition: GlueOperation = {
  required: ['DatabaseName', 'TableName', 'PartitionValues'],
  run: (services, input) => {
    const table = requireTable(services, input.DatabaseName, input.TableName);
    const values = input.PartitionValues as Values;
    const found = find(partitionsOf(services, input), values);
    if (found === undefined) {
      throw notFound(`Cannot find partition: ${values.join('/')}`);
    }
    return { Partition: describe(table, input, found) };
  },
};

export const getPartitions: GlueOperation = {
  required: ['DatabaseName', 'TableName'],
  optional: ['MaxResults', 'NextToken'],
  run: (services, input) => {
    const table = requireTable(services, input.DatabaseName, input.TableName);
    const all = partitionsOf(services, input);
    const from = Number(input.NextToken ?? 0);
    const to = from + Math.min(Number(input.MaxResults ?? PAGE), PAGE);
    return { Partitions: all.slice(from, to).map((one) => describe(table, input, one)), ...(to < all.length ? { NextToken: String(to) } : {}) };
  },
};

/** What is there already is told as an error of its own, and the others are made. */
export const batchCreatePartition: GlueOperation = {
  required: ['DatabaseName', 'TableName', 'PartitionInputList'],
  run: (services, input) => {
    const table = requireTable(services, input.DatabaseName, input.TableName);
    const known = partitionsOf(services, input);
    const wanted = input.PartitionInputList as readonly GluePartition[];
    services.catalog.addPartitions(String(input.DatabaseName), table.Name, wanted.map((one) => (
      { Values: one.Values, StorageDescriptor: { Location: one.StorageDescriptor.Location } })));
    return {
      Errors: wanted.filter((one) => find(known, one.Values) !== undefined)
        .map((one) => ({ PartitionValues: one.Values, ...failed('AlreadyExistsException', 'Partition already exists.') })),
    };
  },
};

/** Columns of a partition are the table's here, so that there is nothing to update but to say which partitions are not there. */
export const batchUpdatePartition: GlueOperation = {
  required: ['DatabaseName', 'TableName', 'Entries'],
  run: (services, input) => {
    requireTable(services, input.DatabaseName, input.TableName);
    const known = partitionsOf(services, input);
    const entries = input.Entries as readonly { readonly PartitionValueList: Values }[];
    return {
      Errors: entries.filter(({ PartitionValueList }) => find(known, PartitionValueList) === undefined)
        .map(({ PartitionValueList }) => ({ PartitionValueList, ...failed('EntityNotFoundException', 'Partition not found.') })),
    };
  },
};
