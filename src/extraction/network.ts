import { isIP } from 'net';
import { Token } from 'aws-cdk-lib';
import { normalizeHost, specialAddress } from '../spec/network';
import { NetworkSpec } from '../spec/source-spec';

/** Where a source may be read from. */
export interface NetworkOptions {
  /**
   * Hosts that may be private: exact names (`api.internal`) or addresses. Every other host, of the URL itself, of a redirect
   * or of a next link, must resolve to addresses of the public internet; loopback, private, link-local (with the
   * metadata services) and reserved ones are refused when the connection is made.
   *
   * @default - none
   */
  readonly allowedHosts?: string[];
}

/** What was allowed; undefined when nothing was. */
export function renderNetwork({ allowedHosts = [] }: NetworkOptions = {}): NetworkSpec | undefined {
  return allowedHosts.length > 0 ? { allowedHosts: [...new Set(allowedHosts)].sort() } : undefined;
}

/** An endpoint that every run would refuse. This machine's own addresses pass: the local command allows them. */
export function checkAddress(url: string, { allowedHosts = [] }: NetworkOptions = {}, problem: (got: unknown, fix: string) => void): void {
  const host = Token.isUnresolved(url) || !URL.canParse(url) ? undefined : normalizeHost(new URL(url).hostname);
  const kind = host !== undefined && isIP(host) !== 0 ? specialAddress(host) : undefined;
  if (kind !== undefined && kind !== 'loopback' && !allowedHosts.map(normalizeHost).includes(host)) {
    problem(host, `this is a ${kind} address: if it is meant, add it to network.allowedHosts`);
  }
}
