import { lookup as systemLookup } from 'node:dns';
import { isIP, LookupFunction } from 'node:net';
import { normalizeHost, specialAddress } from '../../../src/spec/network';
import { ExtractorError } from '../errors';

export interface AddressGuardOptions {
  /** Host names and addresses that may lead anywhere. */
  readonly allowedHosts?: readonly string[];
  /** @default the system's resolver */
  readonly lookup?: LookupFunction;
}

/**
 * Keeps an API from leading the extractor into a private network, by a redirect, a next link or its DNS. It judges
 * the very addresses that the socket connects to: a name cannot be checked as one address and used as another.
 */
export class AddressGuard {
  private readonly allowed: ReadonlySet<string | undefined>;
  private readonly resolve: LookupFunction;

  constructor({ allowedHosts = [], lookup = systemLookup as LookupFunction }: AddressGuardOptions = {}) {
    this.allowed = new Set(allowedHosts.map(normalizeHost));
    this.resolve = lookup;
  }

  /** Why a socket must not connect to this host, if it is an address: sockets look up names only. */
  refusal(host: string): ExtractorError | undefined {
    return isIP(host) === 0 || this.allows(host) || specialAddress(host) === undefined ? undefined : refused(host, host);
  }

  /** For sockets: resolves a name, and fails when one of its addresses is not public. */
  readonly lookup: LookupFunction = (host, options, callback) => this.resolve(host, options, (error, addresses, family) => {
    const all = typeof addresses === 'string' ? [addresses] : (addresses ?? []).map(({ address }) => address);
    const special = error || this.allows(host) ? undefined : all.find((address) => specialAddress(address) !== undefined);
    if (special === undefined) {
      callback(error, addresses, family);
    } else {
      callback(refused(host, special), '', 0);
    }
  });

  private allows(host: string): boolean {
    return this.allowed.has(normalizeHost(host) ?? host);
  }
}

function refused(host: string, address: string): ExtractorError {
  const what = host === address ? `${address} is` : `host ${host} resolves to ${address},`;
  return new ExtractorError('ADDRESS_REFUSED',
    `${what} a ${specialAddress(address)} address, which no API may lead to; if it is meant, add '${host}' to network.allowedHosts of the source`,
    { retryable: false, details: { host, address } });
}
