import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datalake } from './datalake-bin';
import { GlueTable } from '../../cli/catalog/glue-table';

/** A lake of this machine, filled and asked through the command. */
export class LocalLake {
  readonly folder = mkdtempSync(join(tmpdir(), 'trino-lake-'));

  /** Runs a source; gives what the run asked Athena for, in order. */
  async run(source: string, url: string): Promise<{ readonly statements: readonly string[]; readonly verdicts: readonly object[] }> {
    const { runs: [{ runId }] } = await this.must('run', source, '--url', `${source}=${url}`) as { runs: { runId: string }[] };
    const verdicts = join(this.bucket, '_quality', source, `${runId}.json`);
    const { rules } = existsSync(verdicts) ? JSON.parse(readFileSync(verdicts, 'utf8')) as { rules: object[] } : { rules: [] };
    return { statements: this.statements(source, runId), verdicts: rules };
  }

  /** Looks after the curated tables; gives what that asked Athena for, in order. */
  async upkeep(): Promise<readonly string[]> {
    await this.must('upkeep');
    const [execution] = readdirSync(join(this.folder, 'lake/runs/_upkeep'));
    return this.statements('_upkeep', execution);
  }

  async rows(sql: string): Promise<string[]> {
    return (await this.must('query', sql) as { rows: unknown[] }).rows.map((row) => JSON.stringify(row)).sort();
  }

  table(database: string, name: string): GlueTable {
    return (JSON.parse(readFileSync(join(this.folder, 'lake/catalog', database, `${name}.json`), 'utf8')) as { table: GlueTable }).table;
  }

  files(source: string): string {
    return join(this.bucket, 'raw', source);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get bucket(): string {
    const [bucket] = readdirSync(join(this.folder, 'lake/s3'));
    return join(this.folder, 'lake/s3', bucket);
  }

  private statements(folder: string, execution: string): string[] {
    const history = readFileSync(join(this.folder, 'lake/runs', folder, execution, 'history.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as any);
    const scheduled = history.filter(({ type, resource }) => type === 'TaskScheduled' && resource.includes('athena:startQueryExecution'));
    return scheduled.map(({ parameters }) => parameters.QueryString as string);
  }

  private async must(verb: string, ...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await datalake([verb, ...args, '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake'], { cwd: this.folder });
    expect([code, code === 0 ? '' : stderr + stdout]).toEqual([0, '']);
    return JSON.parse(stdout);
  }
}
