import { PackedExtractor, PackedOptions } from './support/packed-extractor';
import { packedSuite } from './support/suite';
import { Behaviour, HostileServer, json, redirect } from '../support/hostile-server';

/** The API stands at .2, which the source allows; what must not be reached stands at .3. Nothing here can leave the machine. */
const API_HOST = '127.0.0.2';
const INTERNAL_HOST = '127.0.0.3';

const suite = packedSuite();
let api: HostileServer;
let internal: HostileServer;
/** What the API answers next. */
let answer: Behaviour;
let extractor: PackedExtractor;

beforeEach(async () => {
  api = await suite.serve([(...args) => answer(...args)], API_HOST);
  internal = await suite.serve([json({ results: [{ id: 666 }], next: null })], INTERNAL_HOST);
});

const start = (options: Partial<PackedOptions> = {}) => {
  extractor = suite.start({ apiUrl: `${api.origin}/users`, allowedHosts: [API_HOST], ...options });
  return extractor;
};

const port = () => new URL(internal.origin).port;

function expectUnreached(): void {
  expect(internal.connections).toBe(0);
  expect(extractor.heldBack()).toEqual([]);
  expect(suite.lake.lines('users')).toEqual([]);
}

/** The same machine, in every spelling that resolvers and URL parsers take for an address. */
const SPELLINGS = [
  '127.0.0.3', '127.3', '127.0.3', '2130706435', '0x7f000003', '0x7f.0.0.3', '0177.0.0.3', '017700000003', '127.0.0.3.', '%31%32%37.0.0.3', '%EF%BC%9127.0.0.3',
  '[::ffff:127.0.0.3]', '[::ffff:7f00:3]', '[0:0:0:0:0:ffff:7f00:0003]',
];

/** What stands at these is other people's: the fence holds back whatever would be sent there. */
const OUTSIDE = [
  '169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.170.2', '[fd00:ec2::254]', '[::ffff:169.254.169.254]', '[64:ff9b::a9fe:a9fe]', '[2002:a9fe:a9fe::1]',
  '10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '198.18.0.1', '0.0.0.0', '0', '255.255.255.255', '224.0.0.1', '[::]', '[::1]', '[fe80::1]', '[fc00::1]', '[ff02::1]',
];

test('an API that is allowed is read, and the process asks nobody else', async () => {
  answer = json({ results: [] });
  const { result, code } = await start({ spec: { writeMode: { type: 'snapshot', allowEmpty: true } } }).invoke();
  expect({ code, records: result?.records }).toEqual({ code: undefined, records: 0 });
  expect(extractor.heldBack()).toEqual([]);
});

test.each([
  ['a redirect', (url: string) => redirect(302, url), {}],
  ['a next link', (url: string) => json({ results: [], next: url }), { pagination: { type: 'nextUrl', path: '$.next' } }],
  ['a Link header', (url: string) => json({ results: [] }, { link: `<${url}>; rel="next"` }), { pagination: { type: 'linkHeader' } }],
] as const)('%s leads to no special address, however it is spelled', async (_what, leading, spec) => {
  start({ spec });
  const reached: string[] = [];
  const urls = [...SPELLINGS.map((host) => `http://${host}:${port()}/latest/meta-data/`), ...OUTSIDE.map((host) => `http://${host}/latest/meta-data/`)];
  for (const url of urls) {
    answer = leading(url);
    const { code, said } = await extractor.invoke();
    reached.push(...code === 'ADDRESS_REFUSED' && said.includes('network.allowedHosts') ? [] : [`${url}: ${code}`]);
  }
  expect(reached).toEqual([]);
  expectUnreached();
});

test.each(['127.0.0.3', '2130706435', '0177.0.0.3', '[::ffff:7f00:3]', '169.254.169.254', '[fd00:ec2::254]'])('the source itself cannot point at %s unless it is allowed', async (host) => {
  const { code } = await start({ apiUrl: `http://${host}:${port()}/users`, allowedHosts: [] }).invoke();
  expect(code).toBe('ADDRESS_REFUSED');
  expectUnreached();
});

describe('a name', () => {
  test.each([
    ['loopback', ['127.0.0.3']],
    ['loopback in IPv6', ['::1']],
    ['mapped loopback', ['::ffff:127.0.0.3']],
    ['the metadata service', ['169.254.169.254']],
    ['the metadata service in IPv6', ['fd00:ec2::254']],
    ['a private address', ['10.1.2.3']],
    ['a private address behind a public one', ['8.8.8.8', '127.0.0.3']],
    ['a public address behind a private one', ['127.0.0.3', '8.8.8.8']],
    ['a link-local address with its interface', ['fe80::1%eth0']],
    ['what is no address', ['metadata']],
  ])('that resolves to %s is refused', async (_what, addresses) => {
    answer = redirect(307, `http://internal.test:${port()}/`);
    const { code, said } = await start({ names: { 'internal.test': [addresses] } }).invoke();
    expect(code).toBe('ADDRESS_REFUSED');
    expect(said).toContain('internal.test resolves to');
    expect(extractor.lookedUp()).toContain('internal.test');
    expectUnreached();
  });

  test('that resolves anew between check and connection changes nothing: what was judged is what is connected to', async () => {
    answer = redirect(307, `http://rebind.test:${port()}/`);
    const { code } = await start({ names: { 'rebind.test': [['8.8.8.8'], ['127.0.0.3']] } }).invoke();

    // The first connection was to the address that was judged, and held back by the fence; the second attempt was judged anew.
    expect(extractor.heldBack()).toEqual(['8.8.8.8']);
    expect(extractor.lookedUp().filter((name) => name === 'rebind.test')).toHaveLength(2);
    expect(code).toBe('ADDRESS_REFUSED');
    expect(internal.connections).toBe(0);
  });

  test('of the token endpoint is judged as well', async () => {
    const auth = { type: 'oauth2ClientCredentials', tokenUrl: `https://login.test:${port()}/token`, clientId: { secretArn: 'id' }, clientSecret: { secretArn: 'secret' } } as const;
    const secrets = await suite.serve([json({ SecretString: 'value' })], API_HOST);
    const { code } = await start({ spec: { auth }, names: { 'login.test': [['127.0.0.3']] }, environment: { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.origin } }).invoke();
    expect(code).toBe('ADDRESS_REFUSED');
    expectUnreached();
  });

  test('that is allowed may resolve to a private address, and no other name with it', async () => {
    const own = await suite.serve([redirect(307, `http://other.test:${port()}/`)], INTERNAL_HOST);
    const url = own.origin.replace(INTERNAL_HOST, 'api.test');
    const { code, said } = await start({ apiUrl: url, allowedHosts: ['api.test'], names: { 'api.test': [[INTERNAL_HOST]], 'other.test': [[INTERNAL_HOST]] } }).invoke();
    expect(own.received).toHaveLength(1);
    expect({ code, said }).toEqual({ code: 'ADDRESS_REFUSED', said: expect.stringContaining('other.test resolves to') });
    expectUnreached();
  });
});
