import { hostname, networkInterfaces } from 'node:os';
import { normalizeHost, specialAddress } from '../../src/spec/network';

/** What servers print that listen on all addresses. */
const ANY_ADDRESS = ['0.0.0.0', '::'];

/** The host of a URL when it is this machine, by name or address: a source under test often is. */
export function thisMachine(url: string): string | undefined {
  const host = URL.canParse(url) ? normalizeHost(new URL(url).hostname) : undefined;
  return host !== undefined && isThisMachine(host) ? host : undefined;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost'
    || host.endsWith('.localhost')
    || host === hostname().toLowerCase()
    || ANY_ADDRESS.includes(host)
    || specialAddress(host) === 'loopback'
    || Object.values(networkInterfaces()).flat().some((each) => each?.address === host);
}
