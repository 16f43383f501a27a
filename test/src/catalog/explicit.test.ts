import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  Cataloguing, CatalogTable, Contract, DataLakePipeline, Governance, HttpSourceOptions, JsonSchema, ParentRecords, QualityEngine, QualityRule,
  RawBucket, Source,
} from '../../../src';
import { aslFindings, definitionsOf } from '../../support/definition';
import { inventory, newStack, only, statementsOf, templateOf, usersSource } from '../../support/synth';

const contractOf = (properties: Record<string, unknown>) => Contract.freeze(JsonSchema.fromObject({ type: 'object', properties }));
const COLUMNS = [{ name: 'id', type: 'bigint', comment: 'Who it is' }, { name: 'Address', type: 'struct<`date`:string,zip:varchar(5)>' }];
const explicit = (options: Partial<HttpSourceOptions> = {}) => usersSource({ cataloguing: Cataloguing.explicit({ columns: COLUMNS }), ...options });
const definitionOf = (template: Template) => definitionsOf(template)[0];
const pipelineOf = (...sources: Source[]) => (stack: Stack) => { new DataLakePipeline(stack, 'Users', { databaseName: 'users_db', sources }); };

describe('a source with an explicit table', () => {
  const template = templateOf(pipelineOf(explicit()));

  test('has it in the template, its days projected', () => {
    const { properties } = only(template, 'AWS::Glue::Table');
    const location = (rest: string) => ({ 'Fn::Join': ['', ['s3://', { Ref: expect.any(String) }, rest]] });
    expect(properties).toEqual({
      CatalogId: { Ref: 'AWS::AccountId' },
      DatabaseName: 'users_db',
      TableInput: {
        Name: 'users',
        TableType: 'EXTERNAL_TABLE',
        Parameters: {
          'EXTERNAL': 'TRUE',
          'classification': 'json',
          'compressionType': 'gzip',
          'projection.enabled': 'true',
          'projection.ingestion_date.type': 'date',
          'projection.ingestion_date.format': 'yyyy-MM-dd',
          'projection.ingestion_date.range': '2020-01-01,NOW',
          'projection.ingestion_date.interval': '1',
          'projection.ingestion_date.interval.unit': 'DAYS',
          'storage.location.template': location('/raw/users/ingestion_date=${ingestion_date}/'),
        },
        PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }],
        StorageDescriptor: {
          Columns: [{ Name: 'id', Type: 'bigint', Comment: 'Who it is' }, { Name: 'address', Type: 'struct<date:string,zip:string>' }],
          Location: location('/raw/users/'),
          InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          Compressed: true,
          SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    });
  });

  test('has no crawler, and neither its role, its security configuration nor its permissions', () => {
    const { 'AWS::Glue::Crawler': crawlers, 'AWS::Glue::SecurityConfiguration': security } = inventory(template);
    expect([crawlers, security]).toEqual([undefined, undefined]);
    const actions = statementsOf(template).flatMap((statement) => statement.actions);
    expect(actions).toContain('glue:GetTable');
    expect(actions.filter((action) => /Crawler|CreatePartition|SecurityConfiguration/.test(action))).toEqual([]);
    expect(JSON.stringify(template.toJSON().Resources)).not.toContain('Crawls a data lake');
    expect(Object.keys(definitionOf(template).States).filter((name) => /crawl/i.test(name))).toEqual([]);
  });

  test('is compared after each run', () => {
    expect(aslFindings(definitionOf(template))).toEqual([]);
    const { 'Compare the table': compare } = definitionOf(template).States;
    expect(compare.Arguments.Payload).toMatchObject({ action: 'compare', partition: '{% $result.partition %}' });
  });

  test('waits for the database and for the deploying role to be an administrator', () => {
    const { resource } = only(template, 'AWS::Glue::Table');
    expect(resource.DependsOn).toEqual(expect.arrayContaining([
      only(template, 'AWS::Glue::Database').id, only(template, 'AWS::LakeFormation::DataLakeSettings').id,
    ]));
    expect(only(template, 'AWS::StepFunctions::StateMachine').resource.DependsOn).toContain(only(template, 'AWS::Glue::Table').id);
  });

  test('is granted as all tables of the database are', () => {
    const tables = Object.values(template.findResources('AWS::LakeFormation::PrincipalPermissions')).filter(({ Properties }) => Properties.Resource.Table);
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.map(({ Properties }) => Properties.Resource.Table.TableWildcard)).toEqual(tables.map(() => ({})));
  });

  test('can be granted by column', () => {
    const partial = templateOf((stack) => {
      const pipeline = new DataLakePipeline(stack, 'Users', { sources: [explicit()] });
      pipeline.grantRead(new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }), { table: 'users', columns: ['id'] });
    });
    const { properties, resource } = only(partial, 'AWS::LakeFormation::DataCellsFilter');
    expect(properties).toMatchObject({ TableName: 'users', ColumnNames: ['id'] });
    expect(resource.DependsOn).toContain(only(partial, 'AWS::Glue::Table').id);
  });

  test('stands beside crawled ones, which keep what they need', () => {
    const mixed = templateOf(pipelineOf(explicit(), usersSource({}, 'orders')));
    expect(inventory(mixed)).toMatchObject({ 'AWS::Glue::Crawler': 1, 'AWS::Glue::Table': 1, 'AWS::Glue::SecurityConfiguration': 1 });
    expect(Object.keys(definitionOf(mixed).States)).toEqual(expect.arrayContaining(['What keeps the table?', 'Compare the table', 'Start the crawler']));
    expect(aslFindings(definitionOf(mixed))).toEqual([]);
    expect(statementsOf(mixed).flatMap(({ actions }) => actions)).toEqual(expect.arrayContaining(['glue:CreatePartition', 'glue:StartCrawler']));
  });

  test('may be the rule of a pipeline, and a source the exception', () => {
    const mixed = templateOf((stack) => new DataLakePipeline(stack, 'Users', {
      cataloguing: Cataloguing.explicit(),
      sources: [usersSource({ contract: contractOf({ id: { type: 'string' } }) }), usersSource({ cataloguing: Cataloguing.crawlAlways() }, 'orders')],
    }));
    expect(inventory(mixed)).toMatchObject({ 'AWS::Glue::Crawler': 1, 'AWS::Glue::Table': 1 });
  });

  test('is governed without Lake Formation too', () => {
    const plain = templateOf((stack) => new DataLakePipeline(stack, 'Users', { sources: [explicit()], governance: Governance.iam() }));
    expect(only(plain, 'AWS::Glue::Table').resource.DependsOn).toEqual([only(plain, 'AWS::Glue::Database').id]);
  });
});

test('a change of the columns updates the table in place, and nothing else', () => {
  const resources = (columns: typeof COLUMNS) =>
    templateOf(pipelineOf(explicit({ cataloguing: Cataloguing.explicit({ columns }) }))).toJSON().Resources;
  const [before, after] = [resources(COLUMNS), resources([...COLUMNS, { name: 'late', type: 'boolean', comment: '' }])];
  expect(Object.keys(after)).toEqual(Object.keys(before));
  const changed = Object.keys(before).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
  expect(changed.map((id) => before[id].Type)).toEqual(['AWS::Glue::Table']);
  const [id] = changed;
  // Of a table, CloudFormation replaces it for another database, catalogue or name.
  expect(after[id].Properties.TableInput.Name).toBe(before[id].Properties.TableInput.Name);
  expect(after[id].Properties.DatabaseName).toBe(before[id].Properties.DatabaseName);
});

describe('columns of a contract', () => {
  const typesOf = (schema: object) => {
    const contract = Contract.evolve(JsonSchema.fromObject(schema as Record<string, unknown>));
    const template = templateOf(pipelineOf(usersSource({ contract, cataloguing: Cataloguing.explicit() })));
    const { Columns } = only(template, 'AWS::Glue::Table').properties.TableInput.StorageDescriptor;
    return Object.fromEntries(Columns.map(({ Name, Type }: { Name: string; Type: string }) => [Name, Type]));
  };
  const typeOf = (schema: object) => typesOf({ properties: { it: schema } }).it;

  test.each<[string, object, string]>([
    ['an integer of any size', { type: 'integer' }, 'decimal(38,0)'],
    ['an integer with one bound', { type: 'integer', minimum: 0 }, 'decimal(38,0)'],
    ['an integer within bounds', { type: 'integer', minimum: 0, maximum: 120 }, 'bigint'],
    ['an integer within exclusive bounds', { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 120 }, 'bigint'],
    ['an integer of 32 bits', { type: 'integer', format: 'int32' }, 'int'],
    ['an integer of 64 bits', { type: ['integer', 'null'], format: 'int64' }, 'bigint'],
    ['small constants', { enum: [1, 2, null] }, 'bigint'],
    ['a number', { type: 'number' }, 'double'],
    ['a number or an integer', { type: ['number', 'integer'] }, 'double'],
    ['a flag', { type: ['boolean', 'null'] }, 'boolean'],
    ['a time', { type: 'string', format: 'date-time' }, 'string'],
    ['words', { enum: ['open', 'paid'] }, 'string'],
    ['text or a number', { type: ['string', 'integer'] }, 'string'],
    ['anything', {}, 'string'],
    ['a list', { type: 'array', items: { type: 'boolean' } }, 'array<boolean>'],
    ['a list of anything', { type: 'array' }, 'array<string>'],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }, 'array<string>'],
    ['an object', { type: 'object', properties: { date: { type: 'string' }, n: { type: 'object', properties: { x: { type: 'number' } } } } }, 'struct<date:string,n:struct<x:double>>'],
    ['an object that is open', { type: 'object' }, 'string'],
    ['an object of flags', { type: 'object', additionalProperties: { type: 'boolean' } }, 'map<string,boolean>'],
    ['one of the same kind', { anyOf: [{ type: 'integer', format: 'int64' }, { type: 'null' }] }, 'bigint'],
    ['one of several kinds', { oneOf: [{ type: 'integer' }, { type: 'object', properties: { a: {} } }] }, 'string'],
    ['objects of several shapes', { oneOf: [{ type: 'object', properties: { a: { type: 'boolean' } } }, { type: 'object', properties: { b: { type: 'number' } } }] }, 'struct<a:boolean,b:double>'],
  ])('%s', (_what, schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });

  test('follow references, and end where a structure holds itself', () => {
    const person = { type: 'object', properties: { name: { type: 'string' }, boss: { $ref: '#/$defs/person' } } };
    expect(typesOf({ $ref: '#/$defs/person', $defs: { person } })).toEqual({ name: 'string', boss: 'struct<name:string,boss:string>' });
  });

  test('are of bounds beyond 64 bits in a file, too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'explicit-'));
    writeFileSync(join(folder, 'schema.json'), '{"properties":{"id":{"type":"integer","minimum":0,"maximum":18446744073709551615}}}');
    const contract = Contract.freeze(JsonSchema.fromFile(join(folder, 'schema.json')));
    const template = templateOf(pipelineOf(usersSource({ contract, cataloguing: Cataloguing.explicit() })));
    expect(only(template, 'AWS::Glue::Table').properties.TableInput.StorageDescriptor.Columns).toEqual([{ Name: 'id', Type: 'decimal(38,0)' }]);
    rmSync(folder, { recursive: true });
  });

  test('take what all parts of the schema declare', () => {
    expect(typesOf({ properties: { a: { type: 'string' } }, allOf: [{ properties: { b: { type: 'boolean' } } }] })).toEqual({ a: 'string', b: 'boolean' });
  });

  test('are joined by what a child gets of its parents', () => {
    const parent = usersSource({}, 'repos');
    const child = usersSource({
      url: 'https://api.example.com/{name}', parent: ParentRecords.of(parent), contract: contractOf({ id: { type: 'string' } }), cataloguing: Cataloguing.explicit(),
    });
    const template = templateOf(pipelineOf(parent, child));
    const { Columns } = only(template, 'AWS::Glue::Table').properties.TableInput.StorageDescriptor;
    expect(Columns).toEqual([{ Name: 'id', Type: 'string' }, { Name: '_repos_name', Type: 'string' }]);
  });
});

test.each<[string, Partial<HttpSourceOptions>, RegExp]>([
  ['no columns and no contract', { cataloguing: Cataloguing.explicit() }, /Test\/Users\/Source-users: .*\n.*sources\.users\.cataloguing: got "no columns and no contract"; declare them: Cataloguing\.explicit\(\{ columns/],
  ['an empty list', { cataloguing: Cataloguing.explicit({ columns: [] }) }, /cataloguing\.columns: got \[\]; declare at least one column/],
  ['a contract that declares no properties', { cataloguing: Cataloguing.explicit(), contract: Contract.evolve(JsonSchema.fromObject({ type: 'object' })) }, /contract\.schema: got "a schema that declares no properties"/],
  ['names that differ by case', { cataloguing: Cataloguing.explicit(), contract: contractOf({ userId: { type: 'string' }, userID: { type: 'string' } }) }, /contract\.schema\.userID: got "userID"; Athena tells it not from "userId"/],
  ['fields that differ by case', { cataloguing: Cataloguing.explicit(), contract: contractOf({ a: { type: 'object', properties: { b: {}, B: {} } } }) }, /contract\.schema#\/properties\/a\/properties: .*field "B" from "b"/],
  ['a field that no struct can have', { cataloguing: Cataloguing.explicit(), contract: contractOf({ a: { type: 'object', properties: { 'x:y': {} } } }) }, /a struct cannot have the field "x:y"/],
  ['the partition\'s name', { cataloguing: Cataloguing.explicit({ columns: [{ name: 'Ingestion_Date', type: 'string' }] }) }, /columns\.Ingestion_Date: .*the partition key has this name/],
  ['a type that Glue does not have', { cataloguing: Cataloguing.explicit({ columns: [{ name: 'id', type: 'uuid' }] }) }, /columns\.id\.type: got "uuid"; "uuid" is not a Hive type.*write a type as Glue does/],
  ['a type that JSON does not have', { cataloguing: Cataloguing.explicit({ columns: [{ name: 'id', type: 'array<binary>' }] }) }, /columns\.id\.type: got "array<binary>"; JSON holds no bytes: declare string/],
  ['a map of numbers', { cataloguing: Cataloguing.explicit({ columns: [{ name: 'id', type: 'map<int,string>' }] }) }, /keys of JSON objects are text/],
  ['too many digits', { cataloguing: Cataloguing.explicit({ columns: [{ name: 'id', type: 'decimal(39,0)' }] }) }, /use decimal\(p,s\) with p from 1 to 38/],
  ['a day that is none', { cataloguing: Cataloguing.explicit({ columns: COLUMNS, firstPartition: '2020-02-30' }) }, /cataloguing\.firstPartition: got "2020-02-30"; use a day as YYYY-MM-DD/],
  ['a crawler\'s name', { cataloguing: Cataloguing.explicit({ columns: COLUMNS }), crawlerName: 'users' }, /crawlerName: got "users"; a declared table has no crawler/],
  ['a rule on an unknown column', { cataloguing: Cataloguing.explicit({ columns: COLUMNS }), quality: [QualityRule.isComplete('address.city')] }, /quality\.users\..*: got "address\.city"; the table declares no such column; it has id, address/],
])('%s fails', (_what, options, message) => {
  expect(() => templateOf(pipelineOf(usersSource(options)))).toThrow(message);
});

test('rules on declared columns and on the partition pass', () => {
  expect(() => templateOf(pipelineOf(explicit({ quality: [QualityRule.isComplete('address.zip'), QualityRule.isComplete('ingestion_date')] })))).not.toThrow();
});

test.each<[string, QualityRule]>([
  ['of the source', QualityRule.isComplete('id')],
  ['that a rule refers to', QualityRule.referential('id', 'users', 'id')],
])('Glue Data Quality sees no projected partitions: a table %s fails', (_what, rule) => {
  const sources = [explicit(), usersSource({ quality: [rule] }, 'orders')];
  const build = (engine: QualityEngine) => templateOf((stack) => {
    const pipeline = new DataLakePipeline(stack, 'Users', { sources, qualityEngine: engine });
    pipeline.addQualityRules('users', QualityRule.isComplete('id'));
  });
  expect(() => build(QualityEngine.glueDataQuality())).toThrow(/Glue Data Quality over table users.*\n?.*use QualityEngine\.athena\(\)/);
  expect(() => build(QualityEngine.athena())).not.toThrow();
});

test('a table works alone, and checks what it is given', () => {
  const stack = newStack();
  const { bucket } = new RawBucket(stack, 'Raw');
  const table = new CatalogTable(stack, 'Orders', { bucket, prefix: 'raw/orders/', databaseName: 'db', columns: [{ name: 'ID', type: 'bigint' }], firstPartition: '2024-06-01' });
  expect([table.tableName, table.columns]).toEqual(['orders', [{ name: 'id', type: 'bigint' }]]);
  Template.fromStack(stack).hasResourceProperties('AWS::Glue::Table', { TableInput: { Parameters: { 'projection.ingestion_date.range': '2024-06-01,NOW' } } });
  const broken = { bucket, prefix: 'raw/orders', databaseName: 'db', columns: [], firstPartition: 'yesterday' };
  expect(() => new CatalogTable(stack, 'Broken', broken)).toThrow(/Test\/Broken: 3 invalid properties\n.*prefix: .*\n.*columns: got \[\].*\n.*firstPartition: got "yesterday"/);
});
