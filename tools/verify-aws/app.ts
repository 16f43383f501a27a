import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { OUTPUTS, Plan, PLAN_VARIABLE, RoleName, roleName } from './plan';
import { Cataloguing, DataLakePipeline, HttpSourceOptions, Pagination, QualityRule, Source, Transform, TransformMode, WriteMode } from '../../src';

/** The randomuser example under a unique name, all of it deleted with its stack, and who the checks are made as. */
const plan = JSON.parse(process.env[PLAN_VARIABLE]!) as Plan;
const app = new App({ analyticsReporting: false, context: { 'cdk-data-lake-pipeline:deleteData': true } });
const stack = new Stack(app, plan.stackName);
const role = (name: RoleName) => new Role(stack, name, { roleName: roleName(plan, name), assumedBy: new AccountRootPrincipal() });

const users = (name: string, options: Partial<HttpSourceOptions> = {}) => Source.http(name, {
  url: plan.apiUrl,
  records: '$.results',
  pagination: Pagination.pageNumber({ param: 'page', maxPages: 2, stablePages: true }),
  writeMode: WriteMode.snapshot({ allowCut: true }),
  network: plan.emulated ? { allowedHosts: [new URL(plan.apiUrl).hostname] } : undefined,
  ...options,
});
const column = (name: string) => ({ name, type: 'string' });

const pipeline = new DataLakePipeline(stack, 'Pipeline', {
  databaseName: plan.databaseName,
  removalPolicy: RemovalPolicy.DESTROY,
  sources: [
    users('randomuser', { quality: [QualityRule.rowCount({ min: 1 }), QualityRule.isUnique('login.uuid')] }),
    // Only a table that the stack declares can be granted in part.
    users('people', { cataloguing: Cataloguing.explicit({ columns: [column('gender'), column('email'), column('nat')] }) }),
  ],
  // The emulator's Athena knows no Iceberg.
  transforms: plan.emulated ? [] : [Transform.sql('users', {
    query: "SELECT login.uuid AS uuid, email, ingestion_date FROM randomuser WHERE ingestion_date = '{{ingestion_date}}'",
    mode: TransformMode.merge({ key: ['uuid'], latestBy: 'ingestion_date' }),
  })],
});

pipeline.grantRun(role('operator'));
pipeline.grantAdminister(role('steward'));
const partial = role('partial');
pipeline.grantRead(partial, { table: 'people', columns: ['gender', 'nat'] });
new CfnOutput(stack, OUTPUTS.workgroup, { value: pipeline.workgroup.workgroupName });
// Who sees a part has results of its own.
new CfnOutput(stack, OUTPUTS.partialWorkgroup, { value: pipeline.audienceWorkgroup(partial).workgroupName });
new CfnOutput(stack, OUTPUTS.bucket, { value: pipeline.lake.bucket.bucketName });

// IAM lets the outsider do all that a reader does; Lake Formation has granted it nothing.
const outsider = role('outsider');
pipeline.workgroup.grantQuery(outsider);
outsider.addToPolicy(new PolicyStatement({ actions: ['lakeformation:GetDataAccess'], resources: ['*'] }));
outsider.addToPolicy(new PolicyStatement({
  actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
  resources: ['catalog', `database/${plan.databaseName}`, `table/${plan.databaseName}/*`].map((resource) => stack.formatArn({
    service: 'glue', resource: resource.split('/')[0], resourceName: resource.split('/').slice(1).join('/') || undefined,
  })),
}));
app.synth();
