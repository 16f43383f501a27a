import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

const ATTEMPTS = 4;
const TIMEOUT_MS = 10_000;
/** CloudFormation takes 4 KB in all. */
const MAX_REASON = 1_000;

/** Tells CloudFormation how a request ended, at the address that came with it. */
export async function respond(event: CloudFormationCustomResourceEvent, physicalResourceId: string, error?: Error): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const body = JSON.stringify({
    Status: error ? 'FAILED' : 'SUCCESS',
    Reason: error ? `${error.name}: ${error.message}`.slice(0, MAX_REASON) : undefined,
    PhysicalResourceId: physicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put(new URL(ResponseURL), body);
    } catch (failure) {
      if (attempt === ATTEMPTS) {
        throw failure;
      }
      await sleep(100 * 2 ** attempt);
    }
  }
}

/** By hand: the address is signed for an empty content type, which `fetch` would fill in. */
function put(url: URL, body: string): Promise<void> {
  const send = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'PUT', timeout: TIMEOUT_MS, headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) } }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode! < 300 ? resolve() : reject(new Error(`CloudFormation's answer to the response: ${response.statusCode}`))));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}
