import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Cataloguing, DataLake, DataLakePipeline, Governance, IDataLake, LakePrincipal, LakeTag } from '../../src';
import { declareUsers } from '../support/declared-table';
import { newStack, statementsOf, templateOf, usersSource } from '../support/synth';

const GOVERNANCE: [string, () => Governance][] = [['Lake Formation', () => Governance.lakeFormation()], ['IAM', () => Governance.iam()]];

/** What a user may do after a grant on a lake: actions, and the resources of some of them. */
function access(governance: Governance, grant: (lake: IDataLake, user: iam.User) => iam.Grant) {
  const template = templateOf((stack) => {
    const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket');
    const lake = new DataLake(stack, 'Lake', { bucket, databaseName: 'the_db', governance });
    lake.lakeFormation?.governTable(declareUsers(stack));
    grant(lake, new iam.User(stack, 'Person')).assertSuccess();
  });
  const statements = statementsOf(template, 'Person');
  const resources = (action: string) => statements.filter(({ actions }) => actions.includes(action)).flatMap((statement) => statement.resources).map(
    (resource) => JSON.stringify(resource).replace(/^.*?:(?=[^:]*$)/, '').replace(/[\]}"]+$/, ''));
  return { actions: statements.flatMap(({ actions }) => actions), resources };
}

describe.each(GOVERNANCE)('under %s', (name, governance) => {
  test('a writer changes rows of curated tables, and never raw ones', () => {
    const { actions, resources } = access(governance(), (lake, user) => lake.grantWrite(user));
    expect(resources('s3:PutObject')).toEqual(['the-bucket/curated/*']);
    expect(resources('s3:DeleteObject')).toEqual(['the-bucket/curated/*']);
    expect(resources('glue:UpdateTable')).toEqual(['catalog', 'database/the_db', 'table/the_db/*']);
    expect(actions).toContain('glue:GetTable');
    expect(actions).not.toContain('glue:DeleteTable');
    expect(actions.includes('lakeformation:GetDataAccess')).toBe(name === 'Lake Formation');
  });

  test('a writer of one table reaches no other', () => {
    const { resources } = access(governance(), (lake, user) => lake.grantWrite(user, { table: 'users' }));
    expect(resources('s3:PutObject')).toEqual(['the-bucket/curated/users/*']);
    expect(resources('glue:UpdateTable')).toEqual(['catalog', 'database/the_db', 'table/the_db/users']);
  });

  test('a reader of one table reaches no other', () => {
    const { resources } = access(governance(), (lake, user) => lake.grantRead(user, { table: 'users' }));
    expect(resources('glue:GetTable')).toEqual(['catalog', 'database/the_db', 'table/the_db/users']);
    expect(resources('s3:GetObject')).toEqual(name === 'IAM' ? ['the-bucket/raw/users/*', 'the-bucket/curated/users/*'] : []);
  });

  test('a steward makes and drops tables, and passes access on where Lake Formation decides', () => {
    const { actions, resources } = access(governance(), (lake, user) => lake.grantAdminister(user));
    expect(resources('glue:DeleteTable')).toEqual(['catalog', 'database/the_db', 'table/the_db/*']);
    expect(actions.includes('lakeformation:GrantPermissions')).toBe(name === 'Lake Formation');
    expect(actions.filter((action) => /Settings|Register|OptIn/.test(action))).toEqual([]);
  });
});

test('Governance.iam() cannot hide a part of a table, and says so', () => {
  const stack = newStack();
  const lake = new DataLake(stack, 'Lake', { governance: Governance.iam() });
  const user = new iam.User(stack, 'User');
  const tag = new LakeTag(stack, 'Tag', { key: 'domain', values: ['people'] });
  expect(() => lake.grantRead(user, { table: 'users' })).not.toThrow();
  expect(() => lake.grantRead(user, { table: 'users', columns: ['id'], rowFilter: 'id = 1' }))
    .toThrow(/Test\/Lake: 2 invalid properties\n {2}- columns: got "a part of a table under Governance\.iam\(\)".*\n {2}- rowFilter: .*IAM opens or closes whole tables/);
  expect(() => lake.grantRead(user, { table: 'users', excludedColumns: ['id'] })).toThrow(/excludedColumns/);
  expect(() => lake.grantRead(user, { tags: [tag.anyOf('people')] })).toThrow(/tags: /);
});

describe('audiences', () => {
  function pipelineWith(grant: (pipeline: DataLakePipeline, stack: Stack) => void): Template {
    return templateOf((stack) => {
      const lake = new DataLake(stack, 'Lake', { databaseName: 'the_db' });
      lake.lakeFormation!.governTable(declareUsers(stack));
      grant(new DataLakePipeline(stack, 'Pipeline', { lake, workgroupName: 'analytics', sources: [usersSource({}, 'orders')] }), stack);
    });
  }
  const results = (template: Template, person: string) => statementsOf(template, person)
    .filter(({ actions }) => actions.includes('s3:PutObject')).flatMap(({ resources }) => resources.map((one) => /[^/"]*\/[^/"]*\/?\*/.exec(JSON.stringify(one))![0]));
  const workgroups = (template: Template, person: string) => statementsOf(template, person)
    .filter(({ actions }) => actions.includes('athena:StartQueryExecution')).flatMap(({ resources }) => resources.map((one) => /workgroup\/([^"]*)/.exec(JSON.stringify(one))![1]));

  test('each who sees a part queries in a workgroup of its own, and can read no other results', () => {
    const template = pipelineWith((pipeline, stack) => {
      pipeline.grantRead(new iam.User(stack, 'Everything'));
      pipeline.grantRead(new iam.User(stack, 'Marketing'), { table: 'users', excludedColumns: ['email'] });
      pipeline.grantRead(new iam.User(stack, 'Norway'), { table: 'users', rowFilter: 'country = \'NO\'' });
    });
    expect(workgroups(template, 'Everything')).toEqual(['analytics']);
    const own = ['Marketing', 'Norway'].map((person) => ({ workgroup: workgroups(template, person), prefix: results(template, person) }));
    expect(own.map(({ workgroup, prefix }) => [workgroup.length, prefix.length])).toEqual([[1, 1], [1, 1]]);
    expect(new Set([...own.flatMap(({ workgroup }) => workgroup), 'analytics']).size).toBe(3);
    own.forEach(({ prefix: [prefix] }) => expect(prefix).toMatch(/^audiences\/[0-9a-f]{12}\/\*$/));
    expect(own[0].prefix).not.toEqual(own[1].prefix);
    template.resourceCountIs('AWS::Athena::WorkGroup', 4);
    for (const { Properties } of Object.values(template.findResources('AWS::Athena::WorkGroup'))) {
      expect(Properties.WorkGroupConfiguration).toMatchObject({ EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 107374182400 });
    }
  });

  test('several grants of one audience share its workgroup, which can be named queries in', () => {
    const template = pipelineWith((pipeline, stack) => {
      const person = new iam.User(stack, 'Person');
      pipeline.grantRead(person, { table: 'users', columns: ['id'] });
      pipeline.grantRead(LakePrincipal.user(person), { table: 'users', rowFilter: 'id = 1' });
      expect(pipeline.audienceWorkgroup(person)).toBe(pipeline.audienceWorkgroup(LakePrincipal.user(person)));
      expect(pipeline.audienceWorkgroup(person)).not.toBe(pipeline.workgroup);
    });
    template.resourceCountIs('AWS::Athena::WorkGroup', 3);
  });

  test('someone of another stack can be an audience', () => {
    const app = new App({ analyticsReporting: false });
    const [lakeStack, people] = [new Stack(app, 'LakeStack'), new Stack(app, 'People')];
    const lake = new DataLake(lakeStack, 'Lake', { databaseName: 'the_db' });
    lake.lakeFormation!.governTable(declareUsers(lakeStack));
    const pipeline = new DataLakePipeline(lakeStack, 'Pipeline', { lake, sources: [usersSource({}, 'orders')] });
    pipeline.grantRead(new iam.Role(people, 'Role', { assumedBy: new iam.AccountRootPrincipal() }), { table: 'users', columns: ['id'] });
    app.synth();
    expect(people.dependencies).toEqual([lakeStack]);
    expect(lakeStack.dependencies).toEqual([]);
  });
});

describe('a source with a declared table', () => {
  const users = () => usersSource({ cataloguing: Cataloguing.explicit({ columns: [{ name: 'id', type: 'bigint' }, { name: 'Email', type: 'string' }] }) });

  test('is granted by columns and rows, in one line', () => {
    const template = templateOf((stack) => {
      const pipeline = new DataLakePipeline(stack, 'Pipeline', { databaseName: 'the_db', sources: [users()] });
      pipeline.grantRead(new iam.User(stack, 'Marketing'), { table: 'users', excludedColumns: ['email'], rowFilter: 'id > 10 AND ingestion_date >= \'2026-01-01\'' });
    });
    template.hasResourceProperties('AWS::LakeFormation::DataCellsFilter', {
      DatabaseName: 'the_db',
      TableName: 'users',
      ColumnWildcard: { ExcludedColumnNames: ['email'] },
      RowFilter: { FilterExpression: 'id > 10 AND ingestion_date >= \'2026-01-01\'' },
    });
    const [filter] = Object.values(template.findResources('AWS::LakeFormation::DataCellsFilter'));
    expect(filter.DependsOn).toContain(Object.keys(template.findResources('AWS::Glue::Table'))[0]);
  });

  test('is known by the columns that it declares', () => {
    const stack = newStack();
    const pipeline = new DataLakePipeline(stack, 'Pipeline', { sources: [users(), usersSource({}, 'orders')] });
    const user = new iam.User(stack, 'User');
    expect(() => pipeline.grantRead(user, { table: 'users', columns: ['phone'] })).toThrow(/columns: got "phone"; users declares id, email, ingestion_date/);
    expect(() => pipeline.grantRead(user, { table: 'orders' })).toThrow(/table: got "orders"; the app declares users; .*Cataloguing\.explicit\(\)/);
  });

  test.each(['lake', 'pipeline', 'people'])('of a lake in another stack is granted to someone of the %s\'s stack, without a circle', (home) => {
    const app = new App({ analyticsReporting: false });
    const stacks: Record<string, Stack> = Object.fromEntries(['lake', 'pipeline', 'people'].map((id) => [id, new Stack(app, id)]));
    const lake = new DataLake(stacks.lake, 'Lake', { databaseName: 'the_db' });
    const pipeline = new DataLakePipeline(stacks.pipeline, 'Pipeline', { lake, sources: [users()] });
    const grantor = home === 'lake' ? lake : pipeline; // the pipeline's workgroup cannot be named where the lake stands
    grantor.grantRead(new iam.Role(stacks[home], 'Role', { assumedBy: new iam.AccountRootPrincipal() }), { table: 'users', columns: ['id'] });
    lake.lakeFormation!.tag(LakeTag.fromLakeTagAttributes(stacks.lake, 'Tag', { key: 'domain', values: ['people'] }), 'people', { table: 'users' });
    const assembly = app.synth();
    expect(assembly.stacks).toHaveLength(3);
    const grants = Template.fromStack(home === 'people' ? stacks.people : stacks.pipeline).findResources('AWS::LakeFormation::PrincipalPermissions');
    expect(Object.values(grants).filter(({ Properties }) => Properties.Resource.DataCellsFilter)).toHaveLength(1);
  });
});

test('readers and writers see the database "default" only where that is asked for', () => {
  const seen = (governance: Governance, grant: (lake: IDataLake, user: iam.User) => iam.Grant) => {
    const template = templateOf((stack) => grant(new DataLake(stack, 'Lake', { databaseName: 'the_db', governance }), new iam.User(stack, 'Person')));
    const databases = Object.values(template.findResources('AWS::LakeFormation::PrincipalPermissions')).map(({ Properties }) => Properties.Resource.Database?.Name);
    return [databases.includes('default'), JSON.stringify(statementsOf(template, 'Person')).includes(':database/default"')];
  };
  const asked = Governance.lakeFormation({ describeDefaultDatabase: true });
  expect(seen(asked, (lake, user) => lake.grantRead(user))).toEqual([true, true]);
  expect(seen(asked, (lake, user) => lake.grantWrite(user))).toEqual([true, true]);
  expect(seen(Governance.lakeFormation(), (lake, user) => lake.grantRead(user))).toEqual([false, false]);
});
