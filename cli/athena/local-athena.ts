import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { AthenaQueryError } from './athena-error';
import { LocalAthenaOptions, QueryResult } from './athena-query';
import { quoted } from './column-type';
import { DuckDbSession, openDuckDb } from './duckdb';
import { athenaType, printValue } from './print-value';
import { explain, syntaxError, tableNotFound } from './query-errors';
import { readTable } from './read-table';
import { parseTree, treeText } from './sql-ast';
import { Token } from './sql-tokens';
import { classify, metadataRows } from './statements';
import { TableName, translate, Translated, UNNAMED } from './translate';
import { toDuckdbText } from './trino-to-duckdb-text';
import { DataFileError } from '../catalog/line-reader';

/**
 * Athena's SQL over the local lake. What DuckDB would answer differently from Athena is translated or refused,
 * never guessed.
 */
export class LocalAthena {
  static async open(options: LocalAthenaOptions): Promise<LocalAthena> {
    const folder = mkdtempSync(join(tmpdir(), 'datalake-athena-'));
    try {
      return new LocalAthena(options, folder, await openDuckDb(folder));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private queries = 0;

  private constructor(private readonly options: LocalAthenaOptions, private readonly folder: string, private readonly session: DuckDbSession) {}

  /** Runs one statement; its values are text, as Athena's GetQueryResults has them. */
  async query(sql: string): Promise<QueryResult> {
    const statement = classify(sql);
    return statement.kind === 'query' ? this.select(statement.tokens) : metadataRows(statement, this.options);
  }

  /** Closes the database and removes its working files. */
  async close(): Promise<void> {
    this.session.connection.closeSync();
    this.session.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async select(tokens: readonly Token[]): Promise<QueryResult> {
    const prepared = toDuckdbText(tokens);
    const parsed = parseTree(String((await this.rows('SELECT json_serialize_sql($1::VARCHAR)', prepared.text))[0][0]));
    if (parsed.error) {
      throw syntaxError(parsed, prepared);
    }
    const translated = translate(parsed, {
      database: this.options.database?.toLowerCase(),
      positionOf: (offset) => prepared.positionOf(offset),
      hasColumn: (database, table, column) => this.hasColumn(database, table, column),
    });
    const scannedBytes = await this.provide(translated);
    const duckdbSql = String((await this.rows('SELECT json_deserialize_sql($1::JSON)', treeText(translated.tree)))[0][0]);
    try {
      return { ...await this.run(duckdbSql), scannedBytes };
    } catch (error) {
      throw explain(error, prepared);
    }
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
    const table = catalog.getTable(name.database, name.table);
    if (!table) {
      throw tableNotFound(catalog, name);
    }
    try {
      const partitions = catalog.getPartitions(name.database, name.table);
      return await readTable({ table, partitions, bucketRoot }, (column) => translated.readsColumn(column), target);
    } catch (error) {
      throw error instanceof DataFileError ? new AthenaQueryError('HIVE_CURSOR_ERROR', error.message) : error;
    }
  }

  private async run(duckdbSql: string): Promise<QueryResult> {
    const reader = await this.session.connection.runAndReadAll(duckdbSql);
    const types = reader.columnTypes() as DuckDBType[];
    const names = reader.columnNames();
    const rows = reader.getRows() as DuckDBValue[][];
    return {
      columns: names.map((name, i) => ({ name: UNNAMED.test(name) ? `_col${i}` : name.toLowerCase(), type: athenaType(types[i]) })),
      rows: rows.map((row) => row.map((value, i) => printValue(value, types[i]))),
    };
  }

  private async rows(sql: string, parameter: string): Promise<DuckDBValue[][]> {
    return (await this.session.connection.runAndReadAll(sql, [parameter])).getRows() as DuckDBValue[][];
  }
}
