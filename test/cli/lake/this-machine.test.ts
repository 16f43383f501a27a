import { networkInterfaces } from 'node:os';
import { thisMachine } from '../../../cli/lake/this-machine';

test.each([
  ['http://localhost:3000/users', 'localhost'], ['http://LOCALHOST./', 'localhost'], ['http://api.localhost/', 'api.localhost'],
  ['http://127.0.0.1:8080/', '127.0.0.1'], ['http://127.0.0.2/', '127.0.0.2'], ['http://[::1]:80/', '::1'], ['http://0.0.0.0:8000/', '0.0.0.0'],
])('%s is this machine', (url, host) => {
  expect(thisMachine(url)).toBe(host);
});

test('an address of a network interface is this machine', () => {
  const [{ address }] = Object.values(networkInterfaces()).flat().filter((each) => each?.family === 'IPv4') as { address: string }[];
  expect(thisMachine(`http://${address}:1234/`)).toBe(address);
});

test.each(['https://api.example.com/', 'http://169.254.169.254/', 'http://10.255.255.254/', 'http://localhost.example.com/', 'nowhere', ''])('%j is not', (url) => {
  expect(thisMachine(url)).toBeUndefined();
});
