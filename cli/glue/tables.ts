import { createHash } from 'node:crypto';
import { GlueError, notFound } from './glue-error';
import { GlueOperation, GlueServices } from './operation';
import { GlueTable } from '../catalog';

/** Changes whenever the table does. */
const versionOf = (table: GlueTable): string => createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, 16);

export function requireTable({ catalog }: GlueServices, database: unknown, name: unknown): GlueTable {
  const table = catalog.getTable(String(database), String(name));
  if (table === undefined) {
    throw notFound(`Table ${String(name)} not found in database ${String(database)}`);
  }
  return table;
}

export const getTable: GlueOperation = {
  required: ['DatabaseName', 'Name'],
  run: (services, { DatabaseName, Name }) => {
    const table = requireTable(services, DatabaseName, Name);
    return { Table: { ...table, DatabaseName, VersionId: versionOf(table) } };
  },
};

export const createTable: GlueOperation = {
  required: ['DatabaseName', 'TableInput'],
  run: ({ catalog }, { DatabaseName, TableInput }) => {
    const table = TableInput as GlueTable;
    if (catalog.getTable(String(DatabaseName), table.Name) !== undefined) {
      throw new GlueError('AlreadyExistsException', `Table already exists: ${table.Name}`);
    }
    catalog.putTable(String(DatabaseName), table);
    return {};
  },
};

/** With a VersionId, only the version that the caller read is replaced. */
export const updateTable: GlueOperation = {
  required: ['DatabaseName', 'TableInput'],
  optional: ['VersionId', 'SkipArchive'],
  run: (services, { DatabaseName, TableInput, VersionId }) => {
    const table = TableInput as GlueTable;
    const present = requireTable(services, DatabaseName, table.Name);
    if (VersionId !== undefined && VersionId !== versionOf(present)) {
      throw new GlueError('VersionMismatchException', `Table ${table.Name} has changed since version ${String(VersionId)}`);
    }
    services.catalog.putTable(String(DatabaseName), table);
    return {};
  },
};

export const getDatabase: GlueOperation = {
  required: ['Name'],
  run: ({ catalog }, { Name }) => {
    if (!catalog.listDatabases().includes(String(Name))) {
      throw notFound(`Database ${String(Name)} not found`);
    }
    return { Database: { Name } };
  },
};
