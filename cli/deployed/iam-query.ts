import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SignatureV4 } from '@smithy/signature-v4';
import { Caller } from './caller';

const TIMEOUT_MS = 20_000;

/** IAM is one service a partition, in one region of it. */
const ENDPOINTS: Record<string, { readonly url: string; readonly region: string }> = {
  'aws': { url: 'https://iam.amazonaws.com', region: 'us-east-1' },
  'aws-us-gov': { url: 'https://iam.us-gov.amazonaws.com', region: 'us-gov-west-1' },
  'aws-cn': { url: 'https://iam.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
};

/**
 * Asks IAM's Query API, with the credentials that the SDK finds. By hand, because two reads are not worth one more client in the bundle.
 *
 * @returns the answer, in XML.
 * @see https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 */
export async function askIam({ partition }: Caller, action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const { url, region } = ENDPOINTS[partition] ?? ENDPOINTS.aws;
  const { credentials, sha256 } = new CloudFormationClient({ region }).config;
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL_IAM ?? url);
  const body = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString();
  const signed = await new SignatureV4({ service: 'iam', region, credentials, sha256 }).sign({
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    port: endpoint.port === '' ? undefined : Number(endpoint.port),
    path: '/',
    query: {},
    headers: { 'host': endpoint.host, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  const response = await fetch(endpoint, { method: 'POST', headers: signed.headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok) {
    throw Object.assign(new Error(valueOf(text, 'Message') ?? `HTTP ${response.status}`), { name: valueOf(text, 'Code') ?? `HTTP_${response.status}` });
  }
  return text;
}

/** The text of the first element of a name. */
export const valueOf = (xml: string, element: string): string | undefined => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
