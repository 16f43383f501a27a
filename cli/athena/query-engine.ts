import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { AthenaQueryError, notSupported } from './athena-error';
import { LocalAthenaOptions, QueryResult } from './athena-query';
import { quoted } from './column-type';
import { DuckDbSession, openDuckDb } from './duckdb';
import { athenaType, decimalDigits, printValue } from './print-value';
import { checkTableName, explain, syntaxError, tableNotFound } from './query-errors';
import { readTable } from './read-table';
import { parseTree, treeText } from './sql-ast';
import { Token } from './sql-tokens';
import { scanSql } from './table/scan-table';
import { isIcebergTable, readMetadata } from './table/table-metadata';
import { TimestampDigits, timestampDigits, TimestampNames } from './timestamp-digits';
import { TableName, translate, Translated, UNNAMED } from './translate';
import { PreparedText, toDuckdbText } from './trino-to-duckdb-text';
import { DataFileError } from '../catalog/line-reader';

/** A query in DuckDB's words; the tables that it reads are views of the session. */
export interface PreparedQuery {
  readonly sql: string;
  readonly text: PreparedText;
  readonly scannedBytes: number;
  /** Digits that a timestamp column of the result prints; undefined when that is not certain. */
  readonly timestampDigits: (column: number, name: string) => TimestampDigits | undefined;
}

/** Schema of the session's own tables. */
export const WORK_SCHEMA = '__datalake_work__';

/** Turns Athena's queries into DuckDB's over the files of the lake, and runs them. */
export class QueryEngine {
  static async open(options: LocalAthenaOptions): Promise<QueryEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'datalake-athena-'));
    try {
      const session = await openDuckDb(folder, options.bucketRoot);
      await session.connection.run(`CREATE SCHEMA ${quoted(WORK_SCHEMA)}`);
      return new QueryEngine(options, folder, session);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private queries = 0;
  private works = 0;

  private constructor(readonly options: LocalAthenaOptions, private readonly folder: string, private readonly session: DuckDbSession) {}

  /** @param database of table names without one. */
  async prepare(tokens: readonly Token[], database: string | undefined): Promise<PreparedQuery> {
    const text = toDuckdbText(tokens);
    const parsed = parseTree(String((await this.parameterized('SELECT json_serialize_sql($1::VARCHAR)', text.text))[0][0]));
    if (parsed.error) {
      throw syntaxError(parsed, text);
    }
    const translated = translate(parsed, {
      database: database?.toLowerCase(),
      workSchema: WORK_SCHEMA,
      positionOf: (offset) => text.positionOf(offset),
      hasColumn: (name, table, column) => this.hasColumn(name, table, column),
    });
    const scannedBytes = await this.provide(translated);
    const sql = String((await this.parameterized('SELECT json_deserialize_sql($1::JSON)', treeText(translated.tree)))[0][0]).replace(/;\s*$/, '');
    return { sql, text, scannedBytes, timestampDigits: timestampDigits(translated.tree, this.timestampNames(translated.tables)) };
  }

  async execute({ sql, text, scannedBytes, timestampDigits: digitsOf }: PreparedQuery): Promise<QueryResult> {
    try {
      const reader = await this.session.connection.runAndReadAll(sql);
      const types = reader.columnTypes() as DuckDBType[];
      const names = reader.columnNames();
      const rows = reader.getRows() as DuckDBValue[][];
      const printsTimestamp = (i: number) => rows.length > 0 && /TIMESTAMP(?! WITH)/.test(types[i].toString());
      const digits = types.map((_, i) => (printsTimestamp(i) ? digitsOf(i, names[i]) ?? refuseTimestamp(names[i]) : undefined));
      return {
        columns: names.map((name, i) => ({ name: UNNAMED.test(name) ? `_col${i}` : name.toLowerCase(), type: athenaType(types[i]), ...decimalDigits(types[i]) })),
        rows: rows.map((row) => row.map((value, i) => printValue(value, types[i], digits[i]))),
        scannedBytes,
      };
    } catch (error) {
      throw explain(error, text);
    }
  }

  /** Names of the query's columns as they stand, so that two of one name are seen; nothing is run. */
  async columnNames({ sql, text }: PreparedQuery): Promise<string[]> {
    try {
      const statement = await this.session.connection.prepare(sql);
      return Array.from({ length: statement.columnCount }, (_, i) => statement.columnName(i));
    } catch (error) {
      throw explain(error, text);
    }
  }

  /** Runs own SQL over what a statement made; its failures are explained by the statement's text. */
  async run(sql: string, text?: PreparedText): Promise<(string | null)[][]> {
    try {
      const reader = await this.session.connection.runAndReadAll(sql);
      return reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
    } catch (error) {
      throw text ? explain(error, text) : error;
    }
  }

  async count(from: string): Promise<number> {
    return Number((await this.run(`SELECT count(*) FROM ${from}`))[0][0]);
  }

  /** A name for a table of the session's own, as DuckDB and as Trino's text write it. */
  workName(purpose: string): string {
    return `${quoted(WORK_SCHEMA)}.${quoted(`${purpose}_${++this.works}`)}`;
  }

  /** Runs the work and drops the session's own tables behind it. */
  async withWork<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.run(`DROP SCHEMA ${quoted(WORK_SCHEMA)} CASCADE`);
      await this.run(`CREATE SCHEMA ${quoted(WORK_SCHEMA)}`);
    }
  }

  async close(): Promise<void> {
    this.session.connection.closeSync();
    this.session.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private timestampNames(tables: readonly TableName[]): TimestampNames {
    const names = { three: new Set<string>(), six: new Set<string>() };
    for (const { database, table } of tables) {
      const found = this.options.catalog.getTable(database, table);
      const target = found && isIcebergTable(found) ? names.six : names.three;
      found?.StorageDescriptor?.Columns.filter(({ Type }) => /timestamp/i.test(Type)).forEach(({ Name }) => target.add(Name.toLowerCase()));
    }
    return names;
  }

  private hasColumn(database: string, table: string, column: string): boolean {
    const found = this.options.catalog.getTable(database, table);
    return [...found?.StorageDescriptor?.Columns ?? [], ...found?.PartitionKeys ?? []].some((known) => known.Name.toLowerCase() === column);
  }

  /** Makes every table that the statement reads a view of the same name. */
  private async provide(translated: Translated): Promise<number> {
    const queryNumber = ++this.queries;
    const distinct = new Map(translated.tables.map((name) => [`${name.database}.${name.table}`, name]));
    let scanned = 0;
    for (const [i, name] of [...distinct.values()].entries()) {
      const view = await this.read(name, translated, join(this.folder, `${queryNumber}-${i}.jsonl`));
      await this.session.connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoted(name.database)}`);
      await this.session.connection.run(`CREATE OR REPLACE VIEW ${quoted(name.database)}.${quoted(name.table)} AS ${view.sql}`);
      scanned += view.scannedBytes;
    }
    return scanned;
  }

  private async read(name: TableName, translated: Translated, target: string) {
    const { catalog, bucketRoot } = this.options;
    checkTableName(name);
    const table = catalog.getTable(name.database, name.table);
    if (!table) {
      throw tableNotFound(catalog, name);
    }
    if (isIcebergTable(table)) {
      return scanSql(bucketRoot, readMetadata(bucketRoot, table));
    }
    try {
      const partitions = catalog.getPartitions(name.database, name.table);
      return await readTable({ table, partitions, bucketRoot }, translated, target);
    } catch (error) {
      throw error instanceof DataFileError ? new AthenaQueryError('HIVE_CURSOR_ERROR', error.message) : error;
    }
  }

  private async parameterized(sql: string, parameter: string): Promise<DuckDBValue[][]> {
    return (await this.session.connection.runAndReadAll(sql, [parameter])).getRows() as DuckDBValue[][];
  }
}

function refuseTimestamp(name: string): never {
  throw notSupported(`the result ${UNNAMED.test(name) ? '' : `${name} `}over both timestamp(3) and timestamp(6), which print differently (write CAST(... AS timestamp(6))),`);
}
