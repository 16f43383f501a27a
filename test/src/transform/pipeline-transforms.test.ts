import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Contract, DataLake, DataLakePipeline, DataLakePipelineProps, JsonSchema, QualityEngine, QualityRule, SqlTransformOptions, Transform, TransformMode,
} from '../../../src';
import { Definition, definitionsOf } from '../../support/definition';
import { newStack, only, statementsOf, templateOf, usersSource } from '../../support/synth';

const sql = (name: string, query: string, options: Partial<SqlTransformOptions> = {}) =>
  Transform.sql(name, { query, mode: TransformMode.append(), ...options });
const pipeline = (props: Partial<DataLakePipelineProps>) => (stack: Stack) =>
  void new DataLakePipeline(stack, 'Shop', { databaseName: 'shop', sources: [usersSource(), usersSource({}, 'orders')], ...props });
const definitionOf = (template: Template): Definition => definitionsOf(template)[0];
const planOf = (template: Template, source: string) => definitionOf(template).States[`Plan of ${source}`].Assign.plan;

describe('what transforms make of the template', () => {
  const template = templateOf(pipeline({
    transforms: [
      sql('joined', 'SELECT u.id FROM latest u JOIN Shop.orders o ON o.id = u.id'),
      sql('latest', 'SELECT * FROM "users"', { mode: TransformMode.merge({ key: ['ID'], latestBy: 'Seen' }), columns: { Tags: 'array<string>' } }),
    ],
  }));

  test('each source\'s plan has what follows it, in order', () => {
    expect(planOf(template, 'users').transforms.map((plan: { name: string }) => plan.name)).toEqual(['latest', 'joined']);
    expect(planOf(template, 'orders').transforms).toEqual([{
      name: 'joined', table: 'joined', inputs: ['latest', 'orders'], query: expect.stringContaining('JOIN Shop.orders'), mode: { type: 'append' }, partitionBy: [], columns: {},
    }]);
    expect(planOf(template, 'users').transforms[0]).toMatchObject({
      inputs: ['users'], mode: { type: 'merge', key: ['id'], latestBy: 'seen' }, columns: { tags: 'array<string>' },
    });
  });

  test('the workflow\'s role may write curated data and tables, nothing raw', () => {
    const statements = statementsOf(template, 'TransformPolicy');
    expect(statements.map(({ actions }) => actions)).toEqual([
      ['glue:CreateTable', 'glue:UpdateTable'],
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      ['s3:ListBucket'], ['s3:GetBucketLocation'],
    ]);
    expect(JSON.stringify(statements[1].resources)).toContain('/curated/*');
    expect(JSON.stringify(statements)).not.toContain('raw');
    expect(statements[2].condition).toEqual({ StringLike: { 's3:prefix': ['curated/*'] } });
  });

  test('Lake Formation lets it make tables under curated/ and take rows out', () => {
    const role = Object.keys(template.findResources('AWS::IAM::Role')).find((id) => id.includes('WorkflowRole'));
    const granted = Object.values(template.findResources('AWS::LakeFormation::PrincipalPermissions')).map(({ Properties }) => Properties)
      .filter(({ Principal }) => JSON.stringify(Principal).includes(role!)).map(({ Permissions }) => Permissions.join());
    expect(granted.sort()).toEqual(['ALTER,DELETE,DESCRIBE,INSERT,SELECT', 'CREATE_TABLE,DESCRIBE', 'DATA_LOCATION_ACCESS', 'DATA_LOCATION_ACCESS']);
  });

  test('a pipeline without transforms has neither the step nor the permissions', () => {
    const plain = templateOf(pipeline({}));
    expect(Object.keys(definitionOf(plain).States)).not.toContain('Transform');
    expect(Object.keys(definitionOf(plain).States)).not.toContain('Check the quality');
    expect([...statementsOf(plain, 'TransformPolicy'), ...statementsOf(plain, 'QualityPolicy')]).toEqual([]);
  });
});

describe('what quality rules make of the template', () => {
  const rules = [QualityRule.isUnique('id'), QualityRule.rowCount({ min: 1 })];

  test('with Athena: a statement in the plan, and a place for the results', () => {
    const template = templateOf(pipeline({ sources: [usersSource({ quality: rules }), usersSource({}, 'orders')] }));
    const { quality } = planOf(template, 'users');
    expect(quality.rules.map(({ name }: { name: string }) => name)).toEqual(['isUnique(id)', 'rowCount']);
    expect(quality.statement).toContain('FROM "shop"."users"');
    expect(planOf(template, 'orders').quality).toBeUndefined();
    expect(statementsOf(template, 'QualityPolicy').map(({ actions }) => actions)).toEqual([['s3:PutObject']]);
    expect(Object.keys(definitionOf(template).States)).not.toContain('Start the evaluation');
  });

  test('with Glue Data Quality: a ruleset, a role to evaluate it, and the leave to pass that role', () => {
    const template = templateOf((stack) => {
      const shop = new DataLakePipeline(stack, 'Shop', { databaseName: 'shop', qualityEngine: QualityEngine.glueDataQuality(), sources: [usersSource({ quality: rules })] });
      shop.addQualityRules('users', QualityRule.isComplete('email'));
    });
    const { id, properties } = only(template, 'AWS::Glue::DataQualityRuleset');
    expect(properties.Ruleset).toBe('Rules = [\n  (RowCount = 0) or ((IsComplete "id") and (IsUnique "id")),\n  RowCount >= 1,\n  (RowCount = 0) or (IsComplete "email")\n]');
    expect(id).toContain('Rulesusers');
    expect(planOf(template, 'users').quality).toMatchObject({ evaluation: { ruleset: properties.Name }, rules: [{}, {}, {}] });
    expect(planOf(template, 'users').quality.statement).toBeUndefined();
    expect(statementsOf(template, 'QualityPolicy').find(({ actions }) => actions[0] === 'iam:PassRole')?.condition)
      .toEqual({ StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } });
    expect(Object.keys(definitionOf(template).States)).toContain('Start the evaluation');
  });
});

describe('at synth', () => {
  const fails = (props: Partial<DataLakePipelineProps>) => {
    const stack = newStack();
    return () => {
      pipeline(props)(stack);
      Template.fromStack(stack);
    };
  };

  test.each<[string, Transform[], RegExp]>([
    ['a cycle', [sql('a', 'SELECT * FROM c, users'), sql('b', 'SELECT * FROM a'), sql('c', 'SELECT * FROM b')],
      /transforms: got the cycle a -> c -> b -> a, where each reads the next; take one of them out/],
    ['a transform of itself', [sql('a', 'SELECT * FROM a, users')], /got the cycle a -> a/],
    ['an unknown table', [sql('a', 'SELECT * FROM usres JOIN users USING (id)')],
      /transforms\.a\.query: got "usres"; no table of the lake is called so; the pipeline fills users, orders, a/],
    ['an input that the query does not read', [sql('a', 'SELECT * FROM users', { inputs: ['users', 'orders'] })], /transforms\.a\.inputs: got "orders"; the query does not read it/],
    ['an input that is none', [sql('a', 'SELECT * FROM users', { inputs: ['users', 'other'] })], /transforms\.a\.inputs: got "other"; name sources and transforms/],
    ['an input that is left out', [sql('a', 'SELECT * FROM users, orders', { inputs: ['users'] })], /the query also reads orders: add it, or leave inputs out/],
    ['a query of no source', [sql('a', 'SELECT 1 AS one')], /it reads no source of the pipeline, .* nothing would run it/],
    ['a name of two things', [sql('users', 'SELECT * FROM orders')], /transforms: got "users"; Test\/Shop fills a table of this name/],
    ['a name that is none', [sql('By-Country', 'SELECT * FROM users')], /transforms\.name: got "By-Country"; use lower-case letters/],
    ['another statement', [sql('a', 'DROP TABLE users')], /transforms\.a\.query: got "DROP TABLE users"; write one SELECT/],
    ['two statements', [sql('a', 'SELECT * FROM users; SELECT 1')], /transforms\.a\.query: got ";"; write one statement/],
    ['a merge without a key', [sql('a', 'SELECT * FROM users', { mode: TransformMode.merge({ key: [], latestBy: 'x' }) })], /transforms\.a\.mode\.key: got \[\]; name the columns/],
    ['a merge by its own key', [sql('a', 'SELECT * FROM users', { mode: TransformMode.merge({ key: ['x'], latestBy: 'X' }) })], /mode\.latestBy: got "x"; name a column outside/],
    ['partitions that are not named', [sql('a', 'SELECT * FROM users', { mode: TransformMode.replacePartition() })], /transforms\.a\.partitionBy: got nothing; name the columns/],
    ['a column named twice', [sql('a', 'SELECT * FROM users', { partitionBy: ['x', 'X'] })], /transforms\.a\.partitionBy: got "X"; name each column once/],
    ['a type that is none', [sql('a', 'SELECT * FROM users', { columns: { tags: 'list' } })], /transforms\.a\.columns\.tags: got "list"; .*write a type of Athena's DDL/],
    ['the column of the table itself', [sql('a', 'SELECT * FROM users', { columns: { _RUN_ID: 'string' } })], /transforms\.a\.columns: got "_RUN_ID"/],
  ])('%s fails', (_, transforms, message) => {
    expect(fails({ transforms })).toThrow(message);
  });

  test('good transforms pass: a semicolon in a text, tables of other databases, a database that only deployment knows', () => {
    expect(fails({ transforms: [sql('a', "SELECT ';' AS x FROM users JOIN other_db.things USING (id)")] })).not.toThrow();
    const stack = newStack();
    const shop = new DataLakePipeline(stack, 'Shop', { sources: [usersSource()] });
    shop.addTransform(sql('a', `SELECT * FROM ${shop.lake.databaseName}.users`));
    expect(planOf(Template.fromStack(stack), 'users').transforms).toHaveLength(1);
  });

  test('a table that another pipeline of the lake fills is known; of a lake of another app nothing is', () => {
    const stack = newStack();
    const lake = new DataLake(stack, 'Lake', { databaseName: 'shop' });
    new DataLakePipeline(stack, 'Other', { lake, sources: [usersSource({}, 'others')] });
    new DataLakePipeline(stack, 'Shop', { lake, sources: [usersSource()], transforms: [sql('a', 'SELECT * FROM users JOIN others USING (id)')] });
    expect(() => Template.fromStack(stack)).not.toThrow();
    const far = newStack();
    const imported = DataLake.fromAttributes(far, 'Lake', { bucket: lake.bucket, databaseName: 'shop' });
    new DataLakePipeline(far, 'Shop', { lake: imported, sources: [usersSource()], transforms: [sql('a', 'SELECT * FROM users JOIN anything USING (id)')] });
    expect(() => far.node.findAll().flatMap((node) => node.node.validate())).not.toThrow();
    expect(far.node.findAll().flatMap((node) => node.node.validate())).toEqual([]);
  });

  test('a column that a closed contract does not declare is no column', () => {
    const Login = { type: 'object', properties: { uuid: {} } };
    const schema = JsonSchema.fromObject({ type: 'object', properties: { id: {}, Login, any: { type: 'object' }, ref: { $ref: '#/$defs/x' } }, $defs: { x: {} } });
    const rules = (contract: Contract, ...columns: string[]) =>
      fails({ sources: [usersSource({ contract, quality: columns.map((column) => QualityRule.isComplete(column)) })] });
    expect(rules(Contract.freeze(schema), 'id', 'login.UUID', 'any.thing', 'ref.x')).not.toThrow();
    expect(rules(Contract.freeze(schema), 'login.uid')).toThrow(/quality\.users\.isComplete\(login\.uid\): got "login\.uid"; the contract declares no such column; there it has uuid/);
    expect(rules(Contract.fail(schema), 'nosuch')).toThrow(/there it has id, Login, any, ref/);
    expect(rules(Contract.evolve(schema), 'nosuch')).not.toThrow();
  });

  test('rules are checked where they are added', () => {
    expect(fails({ sources: [usersSource({ quality: [QualityRule.isIn('a', [])] })] })).toThrow(/quality\.users\.isIn\(a\): got \[\]; list texts/);
    expect(fails({ sources: [usersSource({ quality: [QualityRule.isComplete('a.b')] })], qualityEngine: QualityEngine.glueDataQuality() }))
      .toThrow(/quality\.users\.isComplete\(a\.b\): got "a\.b"; Glue Data Quality does not reach/);
    const shop = new DataLakePipeline(newStack(), 'Shop', { sources: [usersSource({ quality: [QualityRule.isComplete('a')] })] });
    expect(() => shop.addQualityRules('user', QualityRule.isComplete('a'))).toThrow(/quality: got "user"; use one of the workflow's sources: users/);
    expect(() => shop.addQualityRules('users', QualityRule.isComplete('a'))).toThrow(/two rules of a source need two names/);
  });
});
