import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataLakePipeline, NamedQuery } from '../../../src';
import { newStack, statementsOf, usersSource } from '../../support/synth';

const DEPLOYED = join(__dirname, '../../../cli/deployed');

const SERVICES: Readonly<Record<string, string>> = { sfn: 'states' };
const ACTIONS: Readonly<Record<string, string>> = { 's3:ListObjectsV2': 's3:ListBucket', 'lambda:Invoke': 'lambda:InvokeFunction' };

/** IAM actions of every call in the code of the deployed verbs; `doctor`, in a folder of its own, is for who deploys. */
function callsOfTheCommand(): string[] {
  const text = readdirSync(DEPLOYED).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(DEPLOYED, name), 'utf8')).join('');
  const imports = [...text.matchAll(/import \{([^}]+)\} from '@aws-sdk\/client-([a-z0-9]+)'/g)];
  const calls = imports.flatMap(([, names, service]) =>
    [...names.matchAll(/(\w+)Command\b/g)].map(([, call]) => `${SERVICES[service] ?? service}:${call}`));
  return [...new Set(calls.map((call) => ACTIONS[call] ?? call))];
}

function grantedActions(grant: (pipeline: DataLakePipeline, user: iam.IUser) => iam.Grant): string[] {
  const stack = newStack();
  const user = new iam.User(stack, 'Person');
  grant(new DataLakePipeline(stack, 'Users', { sources: [usersSource()], namedQueries: [NamedQuery.sql('count', 'SELECT 1')] }), user);
  return statementsOf(Template.fromStack(stack), 'Person').flatMap((statement) => statement.actions);
}

test('a runner may make every call that the deployed verbs make', () => {
  const calls = callsOfTheCommand();
  expect(calls).toEqual(expect.arrayContaining(['states:StartExecution', 's3:ListBucket', 'lambda:InvokeFunction', 'glue:StartCrawler']));
  const actions = grantedActions((pipeline, user) => pipeline.grantRun(user));
  expect(calls.filter((call) => !actions.includes(call))).toEqual([]);
});

test('a runner may write nothing into the lake by hand', () => {
  const stack = newStack();
  const user = new iam.User(stack, 'Person');
  const pipeline = new DataLakePipeline(stack, 'Users', { sources: [usersSource()] });
  pipeline.grantRun(user);
  const writes = statementsOf(Template.fromStack(stack), 'Person').filter(({ actions }) => actions.includes('s3:PutObject'));
  const lakeBucket = stack.resolve(pipeline.lake.bucket.bucketArn) as unknown;
  expect(writes).not.toEqual([]);
  expect(JSON.stringify(writes)).not.toContain(JSON.stringify(lakeBucket));
});
