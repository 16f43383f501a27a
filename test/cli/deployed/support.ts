import { datalake, Ended } from '../../support/datalake-bin';
import { HandwrittenSource, handwrittenApp } from '../../support/handwritten-app';
import { AwsAnswer, deployedStack, Script, ScriptedAws, startScriptedAws } from '../../support/scripted-aws';

export const USERS: HandwrittenSource = { name: 'users', url: 'https://api.example.com/' };

/** The command against AWS on loopback; one `aws` a test, closed after it. */
export class DeployedApp {
  aws: ScriptedAws | undefined;

  async run(args: readonly string[], script: Script, env: Record<string, string> = {}, ...sources: readonly HandwrittenSource[]): Promise<Ended> {
    this.aws = await startScriptedAws({ DescribeStackResources: deployedStack, ...script });
    const cwd = handwrittenApp(...(sources.length > 0 ? sources : [USERS]));
    const ended = await datalake([...args, '--assembly', 'cdk.out'], { cwd, env: { ...this.aws.env, ...env } });
    expect(this.aws.unexpected).toEqual([]);
    return ended;
  }

  /** What was asked besides names of resources. */
  operations(): string[] {
    return (this.aws?.calls ?? []).map((call) => call.operation).filter((name) => name !== 'DescribeStackResources');
  }

  inputs(operation: string): Readonly<Record<string, any>>[] {
    return (this.aws?.calls ?? []).filter((call) => call.operation === operation).map(({ input }) => input);
  }

  async close(): Promise<void> {
    await this.aws?.close();
    this.aws = undefined;
  }
}

export const runResult = (source: string, runId: string, more: object = {}) => ({
  source,
  runId,
  done: true,
  records: 7,
  quarantined: 0,
  bytes: 9,
  parts: 1,
  pages: 2,
  schemaChanged: true,
  schemaHash: 'h',
  partition: 'ingestion_date=2026-01-02',
  ...more,
});

export const crawlerAnswer = (State: string, LastCrawl?: object, source = 'users'): AwsAnswer => ({
  body: { Crawler: { Name: 'c', State, DatabaseName: 'real_db', LastCrawl, Targets: { S3Targets: [{ Path: `s3://lake/raw/${source}/` }] } } },
});
