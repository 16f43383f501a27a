import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  DataLakePipeline, ExtractorFunction, HttpMethod, HttpSourceOptions, Incremental, Pagination, ParentRecords, ParentRecordsOptions, RecordTransform,
  RunSchedule, Source, UnusableParent, WriteMode,
} from '../../../src';
import { SourceSpec } from '../../../src/spec';
import { RawBucket } from '../../../src/storage/raw-bucket';
import { newStack, statementsOf, templateOf, usersSource } from '../../support/synth';

const repos = (options: Partial<HttpSourceOptions> = {}) => usersSource(options, 'repos');
const URL_ = 'https://api.example.com/repos/{owner}/{name}/issues';

/** A child of `repos`. */
const issues = (options: Partial<HttpSourceOptions> = {}, of: ParentRecordsOptions = {}, parent = repos()) =>
  usersSource({ url: URL_, parent: ParentRecords.of(parent, of), ...options }, 'issues');

const specOf = (source: Source): SourceSpec => source._render();

function synth(source: Source): Template {
  const stack = newStack();
  new ExtractorFunction(stack, 'Extractor', { source, bucket: new RawBucket(stack, 'Raw').bucket });
  return Template.fromStack(stack);
}

test('a placeholder stands for the field of its name, and its value goes into the child\'s records', () => {
  expect(specOf(issues()).parent).toEqual({
    source: 'repos',
    reads: 'newest',
    bind: { name: '$.name', owner: '$.owner' },
    include: { _repos_name: '$.name', _repos_owner: '$.owner' },
  });
});

test('placeholders are found in url, query, headers, form and whole strings of the body', () => {
  const bound = (options: Partial<HttpSourceOptions>) => Object.keys(specOf(issues({ url: 'https://h/', method: HttpMethod.POST, ...options })).parent!.bind);
  expect(bound({ url: 'https://h/{a}?b={b}' })).toEqual(['a', 'b']);
  expect(bound({ query: { q: 'by {a}' }, headers: { h: '{b}' }, form: { f: '{c}' } })).toEqual(['a', 'b', 'c']);
  expect(bound({ body: { x: ['{a}'], query: '{ user {id} }', text: 'of {b}' } })).toEqual(['a']);
});

test('what is bound and included can be said', () => {
  const { parent } = specOf(issues({}, { bind: { owner: '$.owner.login', name: '$.name' }, include: { repo: '$.id' }, unusable: UnusableParent.SKIP }));
  expect(parent).toEqual({
    source: 'repos', reads: 'newest', bind: { name: '$.name', owner: '$.owner.login' }, include: { repo: '$.id' }, unusable: 'skip',
  });
});

test('of a parent that appends, a child reads what was added', () => {
  const parent = repos({ writeMode: WriteMode.append() });
  expect(specOf(issues({ writeMode: WriteMode.append() }, {}, parent)).parent).toMatchObject({ reads: 'added' });
});

test('the child may read the parent\'s table and its state, and nothing else of it', () => {
  const statements = statementsOf(synth(issues()));
  const ofParent = statements.filter(({ resources, condition }) => JSON.stringify([resources, condition]).includes('repos'));
  expect(ofParent.map(({ actions }) => actions)).toEqual([['s3:GetObject'], ['s3:ListBucket']]);
  expect(JSON.stringify(ofParent[0].resources).match(/"\/[^"]*"/g)).toEqual(['"/raw/repos/*"', '"/_state/repos.json"']);
  expect(ofParent[1].condition).toEqual({ StringLike: { 's3:prefix': ['raw/repos/*', '_state/repos.json'] } });
  expect(statementsOf(synth(repos())).length).toBe(statements.length - 2);
});

test('what a parent masks may be included, and what it renames, by the new name', () => {
  const parent = repos({ transforms: [RecordTransform.mask('$.email'), RecordTransform.rename('$.login', 'owner')] });
  expect(() => synth(issues({}, { include: { email: '$.email', login: '$.owner' } }, parent))).not.toThrow();
});

test('the endpoint keeps its placeholders', () => {
  synth(issues()).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { API_URL: URL_ } } });
});

test('a pipeline tells the command which source comes first', () => {
  const parent = repos();
  const template = templateOf((stack) => new DataLakePipeline(stack, 'Lake', { sources: [issues({}, {}, parent), parent] }));
  const [pipeline] = Object.values(template.toJSON().Metadata['cdk-data-lake-pipeline'].pipelines) as { sources: { name: string; parent?: string }[] }[];
  expect(pipeline.sources.map(({ name, parent: first }) => [name, first])).toEqual([['issues', 'repos'], ['repos', undefined]]);
});

describe('in the workflow', () => {
  const startsOf = (...sources: Source[]) => {
    const template = templateOf((stack) => new DataLakePipeline(stack, 'Lake', { sources }));
    return Object.values(template.findResources('AWS::Events::Rule'))
      .map(({ Properties: { EventPattern, Targets } }) => [EventPattern.detail?.source, JSON.stringify(Targets)])
      .filter(([source]) => source !== undefined);
  };

  test.each<[string, (parent: Source, child: Source) => Source[]]>([
    ['before', (parent, child) => [parent, child]], ['after', (parent, child) => [child, parent]],
  ])('a child runs after each complete run of its parent, which was added %s it', (_name, order) => {
    const parent = repos();
    expect(startsOf(...order(parent, issues({}, {}, parent)), usersSource())).toEqual([[['repos'], expect.stringMatching(/"source\\?":\\?"issues/)]]);
  });

  test('a child with a schedule of its own keeps to that', () => {
    const parent = repos();
    expect(startsOf(parent, issues({ schedule: RunSchedule.on(ScheduleExpression.rate(Duration.hours(1))) }, {}, parent))).toEqual([]);
  });
});

test('fails when the pipeline does not have the parent, even one of the same name', () => {
  const stack = newStack();
  new DataLakePipeline(stack, 'Lake', { sources: [issues(), repos()] });
  expect(() => Template.fromStack(stack)).toThrow(/sources\.issues\.parent: got a source "repos" that the pipeline does not have/);
});

describe('fails for', () => {
  test.each<[string, Source, RegExp]>([
    ['a placeholder that is not bound', issues({}, { bind: { owner: '$.owner' } }), /sources\.issues\.url: got "\{name\}"; add "name" to parent\.bind, or use one of \{owner\}/],
    ['a placeholder that nothing uses', issues({}, { bind: { owner: '$.o', name: '$.n', id: '$.id' } }), /parent\.bind\.id: got "\$\.id"; write \{id\} into url/],
    ['a parent of which nothing is in the request', issues({ url: 'https://h.example/' }), /parent\.bind: got "no placeholder"; every parent would be asked for the same/],
    ['a host that a parent chooses', issues({ url: 'https://{name}.example.com/' }), /url: got "\{name\} before the path"; a parent's record cannot choose the server/],
    ['a port that a parent chooses', issues({ url: 'https://h.example:{name}/' }), /cannot choose the server/],
    ['a whole URL that a parent chooses', issues({ url: '{url}' }), /cannot choose the server/],
    ['a placeholder without a parent', repos({ url: 'https://h.example/{id}' }), /url: got "\{id\} without parent"; name the source/],
    ['a path that is none', issues({}, { bind: { owner: 'owner', name: '$.n' } }), /parent\.bind\.owner: got "owner"; a JSONPath starts with "\$"/],
    ['a path to several places', issues({}, { bind: { owner: '$.o[*]', name: '$.n' } }), /parent\.bind\.owner.*name one place/],
    ['the whole record', issues({}, { include: { all: '$' } }), /parent\.include\.all: got "\$"; name a field/],
    ['a name that is no placeholder', issues({}, { bind: { 'owner': '$.o', 'name': '$.n', 'a-b': '$.x' } }), /parent\.bind: got "a-b"; placeholders are letters/],
    ['two names of one column', issues({}, { include: { Id: '$.a', id: '$.b' } }), /parent\.include: got "id"; Athena does not tell upper from lower case/],
    ['the partition\'s name', issues({}, { include: { Ingestion_Date: '$.a' } }), /the partition has this name/],
    ['a name that a transform gives', issues({ transforms: [RecordTransform.rename('$.x', 'repo')] }, { include: { repo: '$.id' } }), /a transform gives this name/],
    ['a child that is incremental', issues({ key: ['$.id'], incremental: Incremental.cursor({ path: '$.at' }) }), /incremental: got "cursor with parent"; one watermark cannot stand for many parents/],
    ['a bound on what is new', issues({ writeMode: WriteMode.append(), pagination: Pagination.linkHeader({ maxPages: 3 }) }, {}, repos({ writeMode: WriteMode.append() })),
      /pagination: got "maxPages with a parent that appends"; the parents that a bound cuts off/],
    ['a snapshot of what is new', issues({}, {}, repos({ writeMode: WriteMode.append() })), /writeMode: got "snapshot with a parent that appends"/],
    ['a source that is its own parent', usersSource({ url: URL_, parent: ParentRecords.of(usersSource({}, 'issues')) }, 'issues'), /a source cannot be its own parent/],
    ['a field that the parent drops', issues({}, {}, repos({ transforms: [RecordTransform.drop('$.owner')] })), /parent\.bind\.owner: got "\$\.owner"; source "repos" drops it/],
    ['a field below one that the parent masks', issues({}, { bind: { owner: '$.o.id', name: '$.n' } }, repos({ transforms: [RecordTransform.mask('$.o')] })),
      /parent\.bind\.owner: got "\$\.o\.id"; source "repos" masks it/],
    ['a field that the parent renames', issues({}, {}, repos({ transforms: [RecordTransform.rename('$.name', 'title')] })), /parent\.bind\.name.*source "repos" renames it/],
    ['an included field that the parent drops', issues({}, { include: { x: '$.x' } }, repos({ transforms: [RecordTransform.drop('$.x')] })), /parent\.include\.x.*drops it/],
    ['a parent that is a function of one\'s own', issues({}, {}, Source.custom('repos', { function: {} as IFunction })), /parent: got "repos"; a function of your own keeps no commits/],
    ['a form with GET', repos({ form: { a: 'b' } }), /request\.form: got "a form with GET"/],
    ['a form beside a body', repos({ method: HttpMethod.POST, form: { a: 'b' }, body: {} }), /got "a form beside a body"/],
  ])('%s', (_name, source, message) => {
    expect(() => synth(source)).toThrow(message);
  });
});
