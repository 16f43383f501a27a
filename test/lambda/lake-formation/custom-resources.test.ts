import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GlueClient } from '@aws-sdk/client-glue';
import { LakeFormationClient } from '@aws-sdk/client-lakeformation';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { createHandler } from '../../../lambda/lake-formation/handler';
import { LakeFormationRequest } from '../../../src/spec/lake-formation-request';
import { startLakeFormation } from '../../support/lake-formation-server';

type Server = Awaited<ReturnType<typeof startLakeFormation>>;
let server: Server;

beforeAll(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

afterEach(() => server.close());

const ROLE = 'arn:aws:iam::111111111111:role/analyst';
const CLOSE: LakeFormationRequest = { action: 'close', catalogId: '111111111111', database: 'the_db' };
const OPT_IN: LakeFormationRequest = { action: 'optIn', catalogId: '111111111111', database: 'the_db', principal: ROLE };

/** One event, as CloudFormation sends it to the function; gives what the function told CloudFormation. */
async function send(RequestType: 'Create' | 'Update' | 'Delete', request: object, id?: string) {
  const client = { endpoint: server.url, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const handler = createHandler({ lakeFormation: new LakeFormationClient(client), glue: new GlueClient(client), delays: [1, 1, 1] });
  const before = server.responses.length;
  await handler({
    RequestType,
    ResponseURL: `${server.url}/response?signature=abc`,
    StackId: 'the-stack',
    RequestId: `request-${before}`,
    LogicalResourceId: 'Closed',
    ...(id !== undefined && { PhysicalResourceId: id }),
    ResourceProperties: { ServiceToken: 'arn', ...request },
  } as unknown as CloudFormationCustomResourceEvent);
  expect(server.responses).toHaveLength(before + 1);
  const { contentType, ...response } = server.responses[before];
  expect(contentType).toBe(''); // what the address is signed for
  expect(response).toMatchObject({ StackId: 'the-stack', RequestId: `request-${before}`, LogicalResourceId: 'Closed' });
  return response as { Status: string; Reason?: string; PhysicalResourceId: string };
}

const operations = () => server.calls.map(({ operation }) => operation);

describe('closing a database to IAM', () => {
  test('Create takes ALL from IAM_ALLOWED_PRINCIPALS on the database and each of its tables', async () => {
    server = await startLakeFormation({ tables: ['users', 'orders'], open: ['the_db', 'the_db.users', 'the_db.orders', 'other_db'] });
    const { Status, PhysicalResourceId } = await send('Create', CLOSE);
    expect([Status, PhysicalResourceId]).toEqual(['SUCCESS', 'close|111111111111|the_db']);
    expect([...server.state.open]).toEqual(['other_db']);
  });

  test('a second time there is nothing to take, and that is well', async () => {
    server = await startLakeFormation({ tables: ['users', 'orders'], open: ['the_db', 'the_db.orders'] });
    expect((await send('Create', CLOSE)).Status).toBe('SUCCESS');
    expect((await send('Create', CLOSE)).Status).toBe('SUCCESS');
    expect((await send('Update', CLOSE, 'close|111111111111|the_db')).PhysicalResourceId).toBe('close|111111111111|the_db');
    expect(server.state.open.size).toBe(0);
    expect(operations().filter((operation) => operation === 'RevokePermissions')).toHaveLength(9);
  });

  test('another database is another resource', async () => {
    server = await startLakeFormation({ database: 'next_db', open: ['next_db'] });
    const { PhysicalResourceId } = await send('Update', { ...CLOSE, database: 'next_db' }, 'close|111111111111|the_db');
    expect(PhysicalResourceId).toBe('close|111111111111|next_db');
    expect(server.state.open.size).toBe(0);
  });

  test('Delete leaves the database closed and calls nobody', async () => {
    server = await startLakeFormation();
    expect(await send('Delete', CLOSE, 'the-id')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'the-id' });
    expect(server.calls).toEqual([]);
  });

  test('a database that is gone already is closed', async () => {
    server = await startLakeFormation({ database: 'other_db' });
    server.fail('GetTables', 'EntityNotFoundException', 'Database the_db not found.');
    expect((await send('Create', CLOSE)).Status).toBe('SUCCESS');
  });

  test('what passes is waited for: a change under way, a grant that is not seen yet', async () => {
    server = await startLakeFormation({ open: ['the_db'] });
    server.fail('RevokePermissions', 'ConcurrentModificationException', 'Permissions are being modified');
    server.fail('RevokePermissions', 'AccessDeniedException', 'Insufficient Lake Formation permission(s)', 2);
    expect((await send('Create', CLOSE)).Status).toBe('SUCCESS');
    expect(server.state.open.size).toBe(0);
    expect(operations().filter((operation) => operation === 'RevokePermissions')).toHaveLength(4);
  });

  test('what does not pass is told to CloudFormation, with the reason', async () => {
    server = await startLakeFormation({ open: ['the_db'] });
    server.fail('RevokePermissions', 'AccessDeniedException', 'Insufficient Lake Formation permission(s): Required Alter on the_db', 9);
    expect(await send('Create', CLOSE)).toMatchObject({
      Status: 'FAILED',
      Reason: 'AccessDeniedException: Insufficient Lake Formation permission(s): Required Alter on the_db',
      PhysicalResourceId: 'close|111111111111|the_db',
    });
    expect([...server.state.open]).toEqual(['the_db']);
  });

  test('another InvalidInputException is no success', async () => {
    server = await startLakeFormation({ open: ['the_db'] });
    server.fail('RevokePermissions', 'InvalidInputException', 'Unsupported principal');
    expect(await send('Create', CLOSE)).toMatchObject({ Status: 'FAILED', Reason: 'InvalidInputException: Unsupported principal' });
  });
});

describe('opting a principal in', () => {
  const opted = () => server.state.optIns.map(({ Principal, Resource }: any) => [Principal.DataLakePrincipalIdentifier, Object.keys(Resource)[0]]);

  test('Create opts it in for the database and all its tables; a second time nothing is made', async () => {
    server = await startLakeFormation();
    expect(await send('Create', OPT_IN)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `optIn|111111111111|the_db|${ROLE}` });
    expect((await send('Create', OPT_IN)).Status).toBe('SUCCESS');
    expect(opted()).toEqual([[ROLE, 'Database'], [ROLE, 'Table']]);
    expect(server.calls.find(({ input }) => input.Resource.Table)!.input.Resource.Table).toEqual({ CatalogId: '111111111111', DatabaseName: 'the_db', TableWildcard: {} });
  });

  test('Create finishes what another one began', async () => {
    server = await startLakeFormation();
    await send('Create', OPT_IN);
    server.state.optIns.pop();
    expect((await send('Create', OPT_IN)).Status).toBe('SUCCESS');
    expect(opted()).toEqual([[ROLE, 'Database'], [ROLE, 'Table']]);
  });

  test('Update to another principal makes another resource, and the Delete that follows takes the old one', async () => {
    server = await startLakeFormation();
    const other = 'arn:aws:iam::111111111111:role/other';
    const { PhysicalResourceId: old } = await send('Create', OPT_IN);
    const { PhysicalResourceId: next } = await send('Update', { ...OPT_IN, principal: other }, old);
    expect(next).not.toBe(old);
    await send('Delete', OPT_IN, old);
    expect(opted()).toEqual([[other, 'Database'], [other, 'Table']]);
  });

  test('Delete takes it back, is repeated, and finds what is gone already gone', async () => {
    server = await startLakeFormation();
    const { PhysicalResourceId: id } = await send('Create', OPT_IN);
    expect(await send('Delete', OPT_IN, id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect(server.state.optIns).toEqual([]);
    expect((await send('Delete', OPT_IN, id)).Status).toBe('SUCCESS');
    expect(operations().filter((operation) => operation === 'DeleteLakeFormationOptIn')).toHaveLength(2);
    server.state.database = undefined;
    expect((await send('Delete', OPT_IN, id)).Status).toBe('SUCCESS');
  });

  test('an opt-in that goes between the look and the delete is gone', async () => {
    server = await startLakeFormation();
    const { PhysicalResourceId: id } = await send('Create', OPT_IN);
    server.fail('DeleteLakeFormationOptIn', 'EntityNotFoundException', 'No such opt-in');
    expect((await send('Delete', OPT_IN, id)).Status).toBe('SUCCESS');
  });

  test('a Create that fails says why, and its Delete is well', async () => {
    server = await startLakeFormation();
    server.fail('CreateLakeFormationOptIn', 'ResourceNumberLimitExceededException', 'too many opt-ins');
    const failed = await send('Create', OPT_IN);
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: 'ResourceNumberLimitExceededException: too many opt-ins' });
    expect((await send('Delete', OPT_IN, failed.PhysicalResourceId)).Status).toBe('SUCCESS');
  });
});

test('a request that nobody knows is answered too', async () => {
  server = await startLakeFormation();
  expect(await send('Create', { action: 'open' })).toMatchObject({ Status: 'FAILED', Reason: 'Error: action: got "open", expected close or optIn' });
});

test('the answer is sent again when CloudFormation\'s address fails', async () => {
  server = await startLakeFormation({ open: ['the_db'] });
  server.fail('response', '', '', 2);
  expect((await send('Create', CLOSE)).Status).toBe('SUCCESS');
});

test('the bundle that ships does it in a process of its own', async () => {
  server = await startLakeFormation({ tables: ['users'], open: ['the_db', 'the_db.users'] });
  const event = { RequestType: 'Create', ResponseURL: `${server.url}/response`, StackId: 's', RequestId: 'r', LogicalResourceId: 'l', ResourceProperties: CLOSE };
  const program = `require(${JSON.stringify(join(__dirname, '../../../assets/lake-formation'))}).handler(${JSON.stringify(event)}).catch((error) => { console.error(error); process.exit(1); })`;
  await promisify(execFile)(process.execPath, ['-e', program], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_LAKEFORMATION: server.url,
      AWS_ENDPOINT_URL_GLUE: server.url,
    },
  });
  expect(server.responses).toEqual([expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'close|111111111111|the_db' })]);
  expect(server.state.open.size).toBe(0);
});
