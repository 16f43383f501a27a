import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, DataLakePipeline, DataLakePipelineProps, NamedQuery, QualityRule, RunSchedule, Source } from '../../../src';

// Other tests look at every template.
process.env.CDK_VALIDATION = 'false';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const OPERATOR = 'operator';

export interface Deployment {
  /** The API on loopback. */
  readonly url: string;
  /** @default Users */
  readonly stackName?: string;
  /** @default users_db */
  readonly databaseName?: string;
  /** @default - once a day */
  readonly every?: Duration;
  /** Pipeline options that another deployment has otherwise. */
  readonly options?: Partial<DataLakePipelineProps>;
  /** Whether both keys to the data are turned. @default false */
  readonly deletesData?: boolean;
  /** Breaks the stack, or adds to it. */
  readonly damage?: (stack: Stack) => void;
}

/** Writes the cloud assembly of a pipeline for an API with a token, on a schedule, judged by rules, with someone who may run it. */
export function synthesize(outdir: string, deployment: Deployment): string {
  const { url, stackName = 'Users', databaseName = 'users_db', every = Duration.days(1), options, deletesData = false, damage } = deployment;
  const app = new App({ outdir, analyticsReporting: false, context: { 'cdk-data-lake-pipeline:deleteData': deletesData } });
  const stack = new Stack(app, stackName, { env: { account: ACCOUNT, region: REGION } });
  const token = new Secret(stack, 'Token');
  const pipeline = new DataLakePipeline(stack, 'Users', {
    databaseName,
    removalPolicy: deletesData ? RemovalPolicy.DESTROY : undefined,
    sources: [Source.http('users', {
      url,
      records: '$.results',
      auth: Auth.bearer(token, { field: 'token' }),
      network: { allowedHosts: [new URL(url).hostname] },
      schedule: RunSchedule.on(ScheduleExpression.rate(every)),
      quality: [QualityRule.rowCount({ min: 1 }), QualityRule.isUnique('login.uuid')],
    })],
    namedQueries: [NamedQuery.sql('total_users', `SELECT count(*) AS total_users FROM ${databaseName}.users`)],
    ...options,
  });
  pipeline.grantRun(new Role(stack, 'Operator', { roleName: `${stackName}-${OPERATOR}`, assumedBy: new AccountRootPrincipal() }));
  damage?.(stack);
  app.synth();
  return outdir;
}
