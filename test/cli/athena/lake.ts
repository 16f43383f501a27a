import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { LocalAthena, QueryExecution, QueryRequest, QueryResult } from '../../../cli/athena';
import { crawl, CrawlEvent, CrawlResult, LocalCatalog, SERDE } from '../../../cli/catalog';

export const DATABASE = 'randomuser_db';

/** A lake in a temporary folder: one bucket, the catalogue, and Athena over both. */
export class TestLake {
  readonly folder = mkdtempSync(join(tmpdir(), 'lake-'));
  readonly catalog = new LocalCatalog(join(this.folder, 'catalog'));
  readonly bucketRoot = join(this.folder, 's3');
  readonly events: CrawlEvent[] = [];
  private athena: LocalAthena | undefined;

  put(key: string, body: string | Buffer): void {
    const path = join(this.bucketRoot, 'lake', key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, key.endsWith('.gz') && typeof body === 'string' ? gzipSync(body) : body);
  }

  /** A table of one file with explicit columns, without a crawl. */
  table(name: string, columns: Record<string, string>, lines: readonly string[] | Buffer): void {
    this.put(`tables/${name}/a.jsonl`, Buffer.isBuffer(lines) ? lines : lines.map((line) => `${line}\n`).join(''));
    this.catalog.putTable(DATABASE, {
      Name: name,
      StorageDescriptor: {
        Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
        Location: `s3://lake/tables/${name}/`,
        SerdeInfo: { SerializationLibrary: SERDE },
      },
    });
  }

  /** A table of one file a partition (by `ingestion_date`), with explicit columns. */
  partitioned(name: string, columns: Record<string, string>, partitions: Record<string, readonly string[]>): void {
    const StorageDescriptor = {
      Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
      Location: `s3://lake/raw/${name}/`,
      SerdeInfo: { SerializationLibrary: SERDE },
    };
    this.catalog.putTable(DATABASE, { Name: name, StorageDescriptor, PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }] });
    this.catalog.addPartitions(DATABASE, name, Object.entries(partitions).map(([date, lines]) => {
      this.put(`raw/${name}/ingestion_date=${date}/a.jsonl`, lines.map((line) => `${line}\n`).join(''));
      return { Values: [date], StorageDescriptor: { Location: `s3://lake/raw/${name}/ingestion_date=${date}/` } };
    }));
  }

  crawl(prefix: string, tableLevel: number): Promise<CrawlResult> {
    const bucketFolder = join(this.bucketRoot, 'lake');
    return crawl({ catalog: this.catalog, bucketFolder, bucket: 'lake', database: DATABASE, prefix, tableLevel, onProgress: (event) => this.events.push(event) });
  }

  get warnings(): string[] {
    return this.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  }

  columns(table: string): Record<string, string> {
    return Object.fromEntries((this.catalog.getTable(DATABASE, table)?.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => [Name, Type]));
  }

  async query(sql: string): Promise<QueryResult> {
    return (await this.open()).query(sql);
  }

  /** As a client of Athena's API has it: a statement that fails is an execution too. */
  async execute(request: QueryRequest): Promise<QueryExecution> {
    return (await this.open()).execute(request);
  }

  private async open(): Promise<LocalAthena> {
    this.athena ??= await LocalAthena.open({ catalog: this.catalog, bucketRoot: this.bucketRoot, database: DATABASE });
    return this.athena;
  }

  async rows(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    return (await this.query(sql)).rows;
  }

  async close(): Promise<void> {
    await this.athena?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The recorded pages of the example, as the extractor writes them: one file a page. */
export function putRandomUsers(lake: TestLake, date = '2026-11-23'): void {
  for (const page of [1, 2, 3, 4]) {
    const recorded = join(__dirname, '../../../examples/randomuser/recorded', `page-${page}.json.gz`);
    const { results } = JSON.parse(gunzipSync(readFileSync(recorded)).toString()) as { results: unknown[] };
    lake.put(`raw/randomuser/ingestion_date=${date}/000000000${page}-run.jsonl.gz`, results.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
}
