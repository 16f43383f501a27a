import { xmlElements, xmlText } from '../../s3/xml';
import { Integrations, TaskCall } from '../integrations';
import { StateError } from '../state-error';

/** What the SDK that Step Functions calls with has an exception for; every other error of S3 is an `S3.S3Exception`. */
const NAMED = ['NoSuchKey', 'NoSuchBucket'];

const CONDITIONS = { IfMatch: 'if-match', IfNoneMatch: 'if-none-match' };
const LISTING = { Prefix: 'prefix', Delimiter: 'delimiter', MaxKeys: 'max-keys', StartAfter: 'start-after', ContinuationToken: 'continuation-token' };
const WRITING = { ...CONDITIONS, ContentType: 'content-type' };

/** S3 through the server that the functions use as well. */
export const s3Tasks = (endpoint: string): Integrations => ({
  'aws-sdk:s3:putObject': {
    required: ['Bucket', 'Key'],
    optional: ['Body', ...Object.keys(WRITING)],
    run: async (call) => {
      const { Body } = call.arguments;
      const body = Body === undefined || typeof Body === 'string' ? Body : JSON.stringify(Body);
      const answer = await send(endpoint, call, 'PUT', { headers: named(call, WRITING), body });
      return { ETag: answer.headers.get('etag') };
    },
  },
  'aws-sdk:s3:getObject': {
    required: ['Bucket', 'Key'],
    optional: Object.keys(CONDITIONS),
    run: async (call) => {
      const answer = await send(endpoint, call, 'GET', { headers: named(call, CONDITIONS) });
      return { ...facts(answer), Body: await answer.text() };
    },
  },
  'aws-sdk:s3:headObject': {
    required: ['Bucket', 'Key'],
    optional: Object.keys(CONDITIONS),
    run: async (call) => facts(await send(endpoint, call, 'HEAD', { headers: named(call, CONDITIONS) })),
  },
  'aws-sdk:s3:listObjectsV2': {
    required: ['Bucket'],
    optional: Object.keys(LISTING),
    run: async (call) => {
      const query = new URLSearchParams({ 'list-type': '2', ...named(call, LISTING) });
      return listing(await (await send(endpoint, call, 'GET', { query })).text());
    },
  },
});

interface Request {
  readonly headers?: Record<string, string>;
  readonly query?: URLSearchParams;
  readonly body?: string;
}

async function send(endpoint: string, { arguments: { Bucket, Key }, signal }: TaskCall, method: string, request: Request): Promise<Response> {
  const path = [String(Bucket), ...(Key === undefined ? [] : String(Key).split('/'))].map(encodeURIComponent).join('/');
  const { headers, body, query } = request;
  let answer: Response;
  try {
    answer = await fetch(`${endpoint}/${path}${query === undefined ? '' : `?${query.toString()}`}`, { method, headers, body, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new StateError('S3.SdkClientException', `Unable to execute HTTP request: ${String((error as Error).cause ?? error)}`, { cause: error });
  }
  if (!answer.ok) {
    throw await failure(method, answer);
  }
  return answer;
}

/** A HEAD has no body to name its error in. */
async function failure(method: string, answer: Response): Promise<StateError> {
  const xml = await answer.text();
  const code = method === 'HEAD' && answer.status === 404 ? 'NoSuchKey' : xmlText(xml, 'Code') ?? '';
  const cause = `${xmlText(xml, 'Message') ?? code} (Service: S3, Status Code: ${answer.status}, Request ID: ${answer.headers.get('x-amz-request-id')})`;
  return new StateError(NAMED.includes(code) ? `S3.${code}Exception` : 'S3.S3Exception', cause);
}

/** The call's arguments by other names. */
const named = ({ arguments: given }: TaskCall, names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).filter(([name]) => given[name] !== undefined).map(([name, other]) => [other, String(given[name])]));

const facts = ({ headers }: Response) => ({
  ContentLength: Number(headers.get('content-length')),
  ContentType: headers.get('content-type'),
  ETag: headers.get('etag'),
  LastModified: new Date(headers.get('last-modified') ?? 0).toISOString(),
});

const listing = (xml: string) => ({
  KeyCount: Number(xmlText(xml, 'KeyCount')),
  IsTruncated: xmlText(xml, 'IsTruncated') === 'true',
  Contents: xmlElements(xml, 'Contents').map((object) => ({
    Key: xmlText(object, 'Key'), ETag: xmlText(object, 'ETag'), Size: Number(xmlText(object, 'Size')), LastModified: xmlText(object, 'LastModified'),
  })),
  CommonPrefixes: xmlElements(xml, 'CommonPrefixes').map((one) => ({ Prefix: xmlText(one, 'Prefix') })),
  ...(xmlText(xml, 'NextContinuationToken') === undefined ? {} : { NextContinuationToken: xmlText(xml, 'NextContinuationToken') }),
});
