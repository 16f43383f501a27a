import { createServer, IncomingMessage } from 'node:http';
import { AddressInfo } from 'node:net';

export interface AwsCall {
  /** As the AWS API names it: `StartCrawler`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, any>>;
}

export interface AwsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What an operation answers; the second argument is how often it was asked before. */
export type Script = Readonly<Record<string, (input: AwsCall['input'], nth: number) => AwsAnswer | Promise<AwsAnswer>>>;

export const awsError = (type: string, message: string, status = 400): AwsAnswer =>
  ({ status, headers: { 'x-amzn-errortype': type }, body: { __type: type, message, Message: message } });

/** AWS on loopback, as far as a script goes: JSON services by target, Lambda, DataZone and Lake Formation by path, CloudFormation by query. */
export async function startScriptedAws(script: Script) {
  const calls: AwsCall[] = [];
  const unexpected: string[] = [];
  const server = createServer(async (request, response) => {
    const call = describe(request, Buffer.concat(await request.toArray()).toString('utf8'));
    const nth = calls.filter((one) => one.operation === call.operation).length;
    calls.push(call);
    const answer = await script[call.operation]?.(call.input, nth);
    if (answer === undefined) {
      unexpected.push(call.operation);
    }
    const { status = 200, headers = {}, body = {} } = answer ?? awsError('UnexpectedCall', `no script for ${call.operation}`);
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/xml' : 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = ['CLOUDFORMATION', 'LAMBDA', 'GLUE', 'ATHENA', 'EVENTBRIDGE', 'DATAZONE', 'LAKEFORMATION', 'SFN', 'IAM'];
  return {
    url,
    calls,
    unexpected,
    env: {
      ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-west-1',
    },
    close: () => new Promise((done) => server.close(done)),
  };
}

export type ScriptedAws = Awaited<ReturnType<typeof startScriptedAws>>;

function describe(request: IncomingMessage, body: string): AwsCall {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return { operation: target.slice(target.indexOf('.') + 1), input: JSON.parse(body) };
  }
  if (/^\/[A-Z]\w+$/.test(request.url ?? '')) {
    return { operation: request.url!.slice(1), input: JSON.parse(body === '' ? '{}' : body) };
  }
  const [, , noun, name, action] = (request.url ?? '').split(/[/?]/);
  if (noun === 'functions') {
    const operation = action === 'invocations' ? 'Invoke' : action === 'configuration' ? 'GetFunctionConfiguration' : `functions/${action}`;
    return { operation, input: { name: decodeURIComponent(name), ...(body === '' ? {} : JSON.parse(body)) } };
  }
  if (noun === 'domains') {
    return { operation: 'PostLineageEvent', input: { domain: name, token: request.headers['client-token'], event: JSON.parse(body) } };
  }
  const input = Object.fromEntries(new URLSearchParams(body));
  return { operation: input.Action ?? 'Unknown', input };
}

/** DescribeStackResources for a deployed stack: every resource is named `real-<logical id>`. */
export const deployedStack = (input: AwsCall['input']): AwsAnswer => ({
  body: `<DescribeStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStackResourcesResult><StackResources><member>
    <StackName>${input.StackName}</StackName><LogicalResourceId>${input.LogicalResourceId}</LogicalResourceId><ResourceType>x</ResourceType>
    <PhysicalResourceId>real-${input.LogicalResourceId}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus><Timestamp>2026-01-02T03:04:05Z</Timestamp>
    </member></StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>`,
});

export const cloudFormationError = (message: string): AwsAnswer => ({
  status: 400,
  body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});
