import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';

interface Failure { readonly operation: string; readonly error: string; readonly message: string; times: number }

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Lake Formation on loopback, as far as the custom resources ask: permissions of IAM_ALLOWED_PRINCIPALS and opt-ins, with the
 * service's paths, answers and errors; Glue's list of tables; and the address that CloudFormation waits at.
 */
export async function startLakeFormation({ tables = [] as string[], open = [] as string[], database = 'the_db' } = {}) {
  const state = { open: new Set(open), tables, optIns: [] as { Principal: unknown; Resource: unknown }[], database: database as string | undefined };
  const calls: { operation: string; input: any }[] = [];
  const responses: any[] = [];
  const failures: Failure[] = [];

  const operations: Record<string, (input: any) => [number, object, string?]> = {
    RevokePermissions: ({ Principal, Resource, Permissions }) => {
      if (Principal.DataLakePrincipalIdentifier !== 'IAM_ALLOWED_PRINCIPALS' || !same(Permissions, ['ALL'])) {
        return error('AccessDeniedException', 'Insufficient Lake Formation permission(s)');
      }
      if ((Resource.Database?.Name ?? Resource.Table.DatabaseName) !== state.database) {
        return error('EntityNotFoundException', 'Database not found');
      }
      const what = Resource.Database?.Name ?? `${Resource.Table.DatabaseName}.${Resource.Table.Name}`;
      return state.open.delete(what) ? [200, {}]
        : error('InvalidInputException', 'No permissions revoked. Grantee has no permissions and nothing to revoke.');
    },
    ListLakeFormationOptIns: (input) => (state.database === undefined ? error('EntityNotFoundException', 'Database not found')
      : [200, { LakeFormationOptInsInfoList: state.optIns.filter((one) => same(one, input)) }]),
    CreateLakeFormationOptIn: (input) => {
      if (state.optIns.some((one) => same(one, input))) {
        return error('InvalidInputException', 'The opt-in exists already');
      }
      state.optIns.push(input);
      return [200, {}];
    },
    DeleteLakeFormationOptIn: (input) => {
      const at = state.optIns.findIndex((one) => same(one, input));
      if (at < 0) {
        return error('EntityNotFoundException', 'No such opt-in');
      }
      state.optIns.splice(at, 1);
      return [200, {}];
    },
    // One table a page.
    GetTables: ({ NextToken = '0' }) => {
      const at = Number(NextToken);
      return [200, { TableList: state.tables.slice(at, at + 1).map((Name) => ({ Name })), ...(at + 1 < state.tables.length && { NextToken: `${at + 1}` }) }];
    },
  };

  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8') || '{}');
    const target = request.headers['x-amz-target'] as string | undefined;
    const operation = target?.split('.')[1] ?? request.url!.split(/[/?]/)[1];
    if (request.method === 'PUT') {
      const due = failures.find((one) => one.operation === 'response' && one.times > 0);
      if (due) {
        due.times -= 1;
      } else {
        responses.push({ ...body, contentType: request.headers['content-type'] });
      }
      return response.writeHead(due ? 503 : 200).end();
    }
    calls.push({ operation, input: body });
    const due = failures.find((one) => one.operation === operation && one.times > 0);
    if (due) {
      due.times -= 1;
    }
    const [status, answer, type] = due ? error(due.error, due.message) : operations[operation](body);
    return response.writeHead(status, { 'content-type': 'application/json', ...(type && { 'x-amzn-errortype': type }) }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    calls,
    responses,
    /** The next calls of an operation end with an error; `response` is CloudFormation's address. */
    fail: (operation: string, name: string, message: string, times = 1) => failures.push({ operation, error: name, message, times }),
    close: () => new Promise((done) => server.close(done)),
  };
}

const error = (type: string, message: string): [number, object, string] => [400, { Message: message, __type: type }, type];
