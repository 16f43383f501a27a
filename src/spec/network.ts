import { BlockList, isIP } from 'net';

/** What an address that is not on the public internet is used for. */
export type AddressKind = 'loopback' | 'private' | 'link-local' | 'multicast' | 'reserved';

/** IANA's IPv4 special-purpose address registry. 169.254.0.0/16 holds the metadata services of the clouds. */
const IPV4_RANGES: readonly (readonly [network: string, prefix: number, kind: AddressKind])[] = [
  ['127.0.0.0', 8, 'loopback'],
  ['10.0.0.0', 8, 'private'], ['172.16.0.0', 12, 'private'], ['192.168.0.0', 16, 'private'], ['100.64.0.0', 10, 'private'],
  ['169.254.0.0', 16, 'link-local'],
  ['224.0.0.0', 4, 'multicast'],
  ['0.0.0.0', 8, 'reserved'], ['192.0.0.0', 24, 'reserved'], ['192.0.2.0', 24, 'reserved'], ['192.88.99.0', 24, 'reserved'],
  ['198.18.0.0', 15, 'reserved'], ['198.51.100.0', 24, 'reserved'], ['203.0.113.0', 24, 'reserved'], ['240.0.0.0', 4, 'reserved'],
];

/** IANA's IPv6 special-purpose address registry, and last: all that is no global unicast. */
const IPV6_RANGES: typeof IPV4_RANGES = [
  ['::1', 128, 'loopback'],
  ['fc00::', 7, 'private'], ['fec0::', 10, 'private'],
  ['fe80::', 10, 'link-local'],
  ['ff00::', 8, 'multicast'],
  // Tunnels (Teredo, 6to4) carry IPv4 addresses of their own, private ones too.
  ['2001::', 23, 'reserved'], ['2001:db8::', 32, 'reserved'], ['2002::', 16, 'reserved'], ['3fff::', 20, 'reserved'],
  ['::', 3, 'reserved'], ['4000::', 2, 'reserved'], ['8000::', 1, 'reserved'],
];

/** Prefixes of IPv6 addresses that stand for the IPv4 address in their last 32 bits: IPv4-mapped, NAT64 (RFC 6052). */
const IPV4_INSIDE = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

const lists = (ranges: typeof IPV4_RANGES, family: 'ipv4' | 'ipv6') => ranges.map(([network, prefix, kind]) => {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return { list, kind };
});
const IPV4 = lists(IPV4_RANGES, 'ipv4');
const IPV6 = lists(IPV6_RANGES, 'ipv6');

/** What an IP address is used for; undefined when it is one of the public internet. */
export function specialAddress(text: string): AddressKind | undefined {
  const address = text.split('%')[0];
  switch (isIP(address)) {
    case 4:
      return IPV4.find(({ list }) => list.check(address, 'ipv4'))?.kind;
    case 6: {
      const inner = ipv4Inside(address);
      return inner === undefined ? IPV6.find(({ list }) => list.check(address, 'ipv6'))?.kind : specialAddress(inner);
    }
    default:
      return 'reserved';
  }
}

/** One spelling for a host: lower case, no brackets, no dot at the end, an IP address as URLs write it. Undefined for what is no host. */
export function normalizeHost(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  const url = `http://${isIP(bare) === 6 ? `[${bare}]` : bare}`;
  if (!/^[\w.:%-]+$/.test(bare) || !URL.canParse(url)) {
    return undefined;
  }
  const { hostname, port, username, pathname } = new URL(url);
  const alone = port === '' && username === '' && pathname === '/' && (isIP(bare) === 6 || !bare.includes(':'));
  return alone ? hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '') : undefined;
}

function ipv4Inside(address: string): string | undefined {
  const groups = groupsOf(address);
  if (!IPV4_INSIDE.includes(groups.slice(0, 6).map((group) => group.toString(16)).join(':'))) {
    return undefined;
  }
  return groups.slice(6).flatMap((group) => [Math.floor(group / 256), group % 256]).join('.');
}

/** The eight groups of an IPv6 address; the URL parser writes an IPv4 address inside it as two of them. */
function groupsOf(address: string): number[] {
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? [] : Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...(tail ?? [])].map((group) => parseInt(group, 16));
}
