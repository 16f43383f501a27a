import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GlueTable } from '../../../cli/catalog/glue-table';
import { datalake } from '../../support/datalake-bin';

/** A lake of this machine, filled and asked through the command. */
export class LocalLake {
  readonly folder = mkdtempSync(join(tmpdir(), 'trino-lake-'));

  /** Runs a source; gives what the run asked Athena for, in order. */
  async run(source: string, url: string): Promise<{ readonly statements: readonly string[]; readonly verdicts: readonly object[] }> {
    const { code, stdout, stderr } = await this.command('run', source, '--url', `${source}=${url}`);
    expect([code, code === 0 ? '' : stderr + stdout]).toEqual([0, '']);
    const { runs: [{ runId }] } = JSON.parse(stdout) as { runs: { runId: string }[] };
    const history = readFileSync(join(this.folder, 'lake/runs', source, runId, 'history.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as any);
    const scheduled = history.filter(({ type, resource }) => type === 'TaskScheduled' && resource.includes('athena:startQueryExecution'));
    const { rules } = JSON.parse(readFileSync(join(this.bucket, '_quality', source, `${runId}.json`), 'utf8')) as { rules: object[] };
    return { statements: scheduled.map(({ parameters }) => parameters.QueryString as string), verdicts: rules };
  }

  async rows(sql: string): Promise<string[]> {
    const { code, stdout, stderr } = await this.command('query', sql);
    expect([code, code === 0 ? '' : stderr + stdout]).toEqual([0, '']);
    return (JSON.parse(stdout) as { rows: unknown[] }).rows.map((row) => JSON.stringify(row)).sort();
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

  private async command(verb: string, ...args: string[]) {
    return datalake([verb, ...args, '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake'], { cwd: this.folder });
  }
}
