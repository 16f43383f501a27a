import { normalizeHost, specialAddress } from '../../../src/spec/network';

test.each([
  ['127.0.0.1', 'loopback'], ['127.255.255.255', 'loopback'], ['::1', 'loopback'],
  ['10.0.0.1', 'private'], ['172.16.0.1', 'private'], ['172.31.255.255', 'private'], ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'], ['100.127.255.255', 'private'],
  ['169.254.169.254', 'link-local'], ['169.254.170.2', 'link-local'],
  ['0.0.0.0', 'reserved'], ['0.1.2.3', 'reserved'], ['192.0.0.192', 'reserved'], ['198.18.0.1', 'reserved'],
  ['240.0.0.1', 'reserved'], ['255.255.255.255', 'reserved'],
  ['224.0.0.1', 'multicast'], ['239.255.255.255', 'multicast'],
  ['::', 'reserved'], ['fc00::1', 'private'], ['fd00:ec2::254', 'private'], ['fec0::1', 'private'],
  ['fe80::1', 'link-local'], ['fe80::1%eth0', 'link-local'], ['febf::1', 'link-local'],
  ['ff02::1', 'multicast'], ['2001:db8::1', 'reserved'], ['2001::1', 'reserved'], ['100::1', 'reserved'],
  ['2002:7f00:1::', 'reserved'], ['::127.0.0.1', 'reserved'], ['::ffff:0:127.0.0.1', 'reserved'], ['64:ff9b:1::7f00:1', 'reserved'],
  ['::ffff:127.0.0.1', 'loopback'], ['::ffff:a9fe:a9fe', 'link-local'], ['0:0:0:0:0:ffff:10.1.2.3', 'private'],
  ['64:ff9b::169.254.169.254', 'link-local'], ['64:ff9b::a00:1', 'private'],
  ['not an address', 'reserved'],
])('%s is %s', (address, kind) => {
  expect(specialAddress(address)).toBe(kind);
});

test.each([
  '1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1', '169.253.255.255', '169.255.0.0',
  '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '223.255.255.255', '2606:4700::1111', '2a05:d018::1', '3ffe::1',
  '::ffff:1.1.1.1', '64:ff9b::101:101',
])('%s is on the public internet', (address) => {
  expect(specialAddress(address)).toBeUndefined();
});

test.each([
  ['API.Internal', 'api.internal'], ['api.internal.', 'api.internal'], ['127.1', '127.0.0.1'], ['0x7f.0.0.1', '127.0.0.1'], ['2130706433', '127.0.0.1'],
  ['[::1]', '::1'], ['0:0:0:0:0:0:0:1', '::1'], ['my_host', 'my_host'],
])('the host %s is %s', (text, host) => {
  expect(normalizeHost(text)).toBe(host);
});

test.each(['', 'https://api.internal', 'api.internal:8080', 'api.internal/v1', 'me@api.internal', '*.internal', '10.0.0.0/8', 'a b', '1.2.3.400'])('%j is no host', (text) => {
  expect(normalizeHost(text)).toBeUndefined();
});
