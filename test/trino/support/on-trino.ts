import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asQueryType } from '../../../cli/athena/write/change-rows';
import { trinoName } from '../../../cli/athena/write/store-type';
import { GlueColumn, GlueTable } from '../../../cli/catalog/glue-table';
import { parseHiveType } from '../../../src/spec/hive-type';
import { Trino, TrinoAnswer } from '../../support/trino';

/** `export TRINO_URL=$(.ci/trino/server start FOLDER) TRINO_DATA=FOLDER`, then `npx jest test/trino`. */
const { TRINO_URL, TRINO_DATA } = process.env;

/** A describe that is skipped, and counted as skipped, where Trino is not there. */
export const describeWithTrino: jest.Describe = TRINO_URL === undefined || TRINO_DATA === undefined ? describe.skip : describe;

const nameOf = (hiveType: string) => trinoName(asQueryType(parseHiveType(hiveType)));

const column = ({ Name, Type }: GlueColumn) => `"${Name}" ${nameOf(Type!)}`;

/** Partition projection in Trino's words, of a table that says it in Athena's. */
function projectionOf({ Parameters: said = {} }: GlueTable, folder: string): { readonly ofTable: string[]; ofKey(name: string): string } | undefined {
  if (said['projection.enabled'] !== 'true') {
    return undefined;
  }
  const template = said['storage.location.template'].replace(/^s3:\/\/[^/]+\/raw\/[^/]+/, `local:///${folder}`);
  return {
    ofTable: ['partition_projection_enabled = true', `partition_projection_location_template = '${template}'`],
    ofKey: (name) => {
      const of = (setting: string) => said[`projection.${name}.${setting}`];
      return ` WITH (partition_projection_type = '${of('type')}', partition_projection_format = '${of('format')}', `
        + `partition_projection_range = ARRAY[${of('range').split(',').map((end) => `'${end}'`).join(', ')}], `
        + `partition_projection_interval = ${of('interval')}, partition_projection_interval_unit = '${of('interval.unit')}')`;
    },
  };
}

/** The tables of one database on a real Trino: records as Hive tables over the extractor's files, curated tables in Iceberg. */
export class OnTrino {
  private readonly trino: Trino;
  /** Statements by how they came here: as they stand, or in Trino's words because they are Hive's. */
  readonly counts = { unchanged: 0, translated: 0 };

  constructor(private readonly database: string) {
    this.trino = new Trino(TRINO_URL!, 'ice', database);
  }

  /** The table of a source as the local catalogue has it, over a copy of these files; one of before is replaced. */
  async records(table: GlueTable, files: string): Promise<void> {
    const folder = join('records', this.database, table.Name);
    rmSync(join(TRINO_DATA!, folder), { recursive: true, force: true });
    mkdirSync(join(TRINO_DATA!, folder), { recursive: true });
    cpSync(files, join(TRINO_DATA!, folder), { recursive: true });
    const name = `"${this.database}"."${table.Name}"`;
    await this.must(`CREATE SCHEMA IF NOT EXISTS lake."${this.database}"`);
    await this.must(`CREATE SCHEMA IF NOT EXISTS ice."${this.database}"`);
    await this.must(`DROP TABLE IF EXISTS lake.${name}`);
    const projection = projectionOf(table, folder);
    const columns = [...table.StorageDescriptor!.Columns!.map(column), ...table.PartitionKeys!.map((key) => column(key) + (projection?.ofKey(key.Name) ?? ''))];
    const keys = table.PartitionKeys!.map(({ Name }) => `'${Name}'`);
    const properties = ["format = 'OPENX_JSON'", `external_location = 'local:///${folder}'`, `partitioned_by = ARRAY[${keys.join(', ')}]`, ...projection?.ofTable ?? []];
    await this.must(`CREATE TABLE lake.${name} (${columns.join(', ')}) WITH (${properties.join(', ')})`);
    if (projection === undefined) {
      await this.must(`CALL lake.system.sync_partition_metadata('${this.database}', '${table.Name}', 'FULL')`);
    }
    // Athena has one catalogue for both kinds of tables, Trino one for each.
    await this.must(`CREATE OR REPLACE VIEW ice.${name} AS SELECT * FROM lake.${name}`);
  }

  async drop(): Promise<void> {
    await this.trino.answer(`DROP SCHEMA IF EXISTS ice."${this.database}" CASCADE`);
    await this.trino.answer(`DROP SCHEMA IF EXISTS lake."${this.database}" CASCADE`);
  }

  /** A statement of Athena's; undefined for one that `records` has done. */
  async answer(sql: string): Promise<TrinoAnswer | undefined> {
    if (/^ALTER TABLE .* ADD IF NOT EXISTS\s+PARTITION/s.test(sql)) {
      return undefined;
    }
    const create = /^CREATE TABLE IF NOT EXISTS `(\w+)`\.`(\w+)` \((.*?)\)\n(?:PARTITIONED BY \((.*?)\)\n)?LOCATION /s.exec(sql);
    if (create === null) {
      this.counts.unchanged++;
      return this.trino.answer(sql);
    }
    this.counts.translated++;
    const [, database, table, columns, partitions] = create;
    const typed = [...columns.matchAll(/`(\w+)` (.*?)(?=, `|$)/g)].map(([, name, type]) => `"${name}" ${nameOf(type)}`);
    const by = [...(partitions ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => `'${name}'`);
    return this.trino.answer(`CREATE TABLE IF NOT EXISTS "${database}"."${table}" (${typed.join(', ')}) WITH (partitioning = ARRAY[${by.join(', ')}])`);
  }

  /** Rows in any order. */
  async rows(sql: string): Promise<string[]> {
    const { rows } = await this.must(sql) as { rows: (string | null)[][] };
    return rows.map((row) => JSON.stringify(row)).sort();
  }

  private async must(sql: string): Promise<TrinoAnswer> {
    const answer = await this.trino.answer(sql);
    if ('error' in answer) {
      throw new Error(`${answer.error}: ${sql}`);
    }
    return answer;
  }
}
