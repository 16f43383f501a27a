import { Lazy } from 'aws-cdk-lib';
import { HttpSourceOptions } from '../../../src';
import { buildExtractor, usersSource } from '../../support/synth';

const rendered = (options: Partial<HttpSourceOptions>) => usersSource(options)._render();

test('hosts are allowed by name, sorted and once', () => {
  expect(rendered({ network: { allowedHosts: ['b.internal', 'a.internal', 'b.internal'] } }).network).toEqual({ allowedHosts: ['a.internal', 'b.internal'] });
  expect(rendered({ network: { allowedHosts: [] } }).network).toBeUndefined();
});

test('an address that is allowed, of this machine, or known at deployment only passes', () => {
  for (const options of [
    { url: 'http://10.0.0.5/', network: { allowedHosts: ['10.0.0.5'] } },
    { url: 'http://127.0.0.1:8080/' },
    { url: 'http://1.1.1.1/' },
    { network: { allowedHosts: [Lazy.string({ produce: () => 'api.internal' })] } },
  ]) {
    expect(() => buildExtractor(options)).not.toThrow();
  }
});

test.each<[string, Partial<HttpSourceOptions>, RegExp]>([
  ['a private address', { url: 'http://10.0.0.5/users' },
    /Test\/Extractor: .*\n.*sources\.users\.url: got "10\.0\.0\.5"; this is a private address: .* add it to network\.allowedHosts/],
  ['a metadata service in another spelling', { url: 'http://0xa9fea9fe/' }, /url: got "169\.254\.169\.254"; this is a link-local address/],
  ['a private address beside an allowed one', { url: 'http://10.0.0.5/', network: { allowedHosts: ['10.0.0.6'] } }, /this is a private address/],
  ['an allowed host with a port', { network: { allowedHosts: ['api.internal:8080'] } }, /sources\.users\.network\.allowedHosts: got "api\.internal:8080"; name one host/],
  ['a wildcard', { network: { allowedHosts: ['*.internal'] } }, /network\.allowedHosts: got "\*\.internal"; name one host/],
])('%s fails at synth', (_, options, message) => {
  expect(() => buildExtractor(options)).toThrow(message);
});
