import { changeRows } from './change-rows';
import { createTableAs } from './create-table-as';
import { insert, Written } from './insert';
import { merge } from './merge';
import { runDdl } from './run-ddl';
import { DmlStatement, WriteStatement } from './statement';
import { optimize, vacuum } from './upkeep';
import { WriteContext } from './write-context';
import { QueryResult } from '../athena-query';

const NO_ROWS: QueryResult = { columns: [], rows: [] };

export const isDdl = (statement: WriteStatement): statement is Exclude<WriteStatement, DmlStatement> =>
  ['create table', 'create external table', 'add columns', 'change column', 'add partitions', 'set properties', 'drop table'].includes(statement.kind);

/** Runs a statement that changes the lake. */
export async function runWrite(statement: WriteStatement, context: WriteContext): Promise<QueryResult> {
  if (isDdl(statement)) {
    runDdl(statement, context);
    return NO_ROWS;
  }
  const written = await context.engine.withWork(() => runDml(statement, context));
  if (!written) {
    return NO_ROWS;
  }
  return { columns: [{ name: 'rows', type: 'bigint' }], rows: [[String(written.updateCount)]], ...written };
}

async function runDml(statement: DmlStatement, context: WriteContext): Promise<Written | undefined> {
  switch (statement.kind) {
    case 'create table as': return createTableAs(statement, context);
    case 'insert': return insert(statement, context);
    case 'delete': case 'update': return changeRows(statement, context);
    case 'merge': return merge(statement, context);
    case 'optimize': await optimize(statement.table, context); return undefined;
    case 'vacuum': vacuum(statement.table, context); return undefined;
  }
}
