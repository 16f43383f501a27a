import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { loadModel } from '../../../cli/assembly/load-model';
import { Cataloguing, DataLakePipeline, Incremental, QualityLevel, QualityRule, TokenPlace, Transform, TransformMode } from '../../../src';
import { usersSource } from '../../support/synth';

export interface Definition {
  readonly StartAt: string;
  readonly States: Record<string, any>;
}

const EXAMPLE = join(__dirname, '../../../examples/randomuser');

/** The state machine of the example, as `cdk synth` writes it and `datalake` reads it. */
export const exampleDefinition = async (): Promise<Definition> => synthesized((outdir) => {
  execFileSync('npx', ['ts-node', '--transpile-only', 'app.ts'], { cwd: EXAMPLE, env: { ...process.env, CDK_OUTDIR: outdir } });
});

/** One with everything that a workflow can have: rules, transforms of several kinds, lineage, a source for each strategy, and one with windows. */
export const fullDefinition = async (): Promise<Definition> => synthesized((outdir) => {
  const app = new App({ outdir, analyticsReporting: false });
  new DataLakePipeline(new Stack(app, 'Full'), 'Pipeline', {
    databaseName: 'db',
    sources: [
      usersSource({ quality: [QualityRule.isUnique('id'), QualityRule.between('n', 0, 100, { level: QualityLevel.WARN })] }),
      usersSource({ cataloguing: Cataloguing.crawlAlways() }, 'orders'),
      usersSource({ cataloguing: Cataloguing.explicit({ columns: [{ name: 'id', type: 'string' }] }) }, 'items'),
      usersSource({
        incremental: Incremental.timeWindow({
          start: '2026-01-01T00:00:00Z', step: Duration.days(1), startTarget: TokenPlace.query('from'), endTarget: TokenPlace.query('to'),
        }),
      }, 'clicks'),
    ],
    transforms: [
      Transform.sql('latest', { query: 'SELECT id, country, seen FROM users', mode: TransformMode.merge({ key: ['id'], latestBy: 'seen' }) }),
      Transform.sql('by_country', {
        query: 'SELECT country, count(*) AS users FROM latest GROUP BY country', mode: TransformMode.replacePartition(), partitionBy: ['country'],
      }),
      Transform.sql('joined', { query: 'SELECT u.id FROM latest u JOIN orders o ON o.id = u.id', mode: TransformMode.fullRefresh() }),
    ],
    lineage: {},
  });
  app.synth();
});

async function synthesized(write: (outdir: string) => void): Promise<Definition> {
  const outdir = mkdtempSync(join(tmpdir(), 'emulator-synth-'));
  try {
    write(outdir);
    const { pipelines: [{ workflow }] } = await loadModel({ assembly: outdir, lake: '', onSynthesize: () => undefined });
    return workflow!.definition as Definition;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Task states by name, those inside maps included. */
export function tasksOf({ States }: Definition): Record<string, any> {
  return Object.fromEntries(Object.entries(States).flatMap(([name, state]) =>
    (state.Type === 'Task' ? [[name, state]] : Object.entries(state.ItemProcessor === undefined ? {} : tasksOf(state.ItemProcessor)))));
}
