// Loaded before anything else, in test processes and in processes that tests start (NODE_OPTIONS=--require): no connection
// leaves loopback, whatever the code under test does, and no name is asked of a network. Names are answered from FENCE_NAMES
// (JSON: a list of answers a name, the last one for ever); what was asked and refused is appended to FENCE_LOG, a line each.
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');

const INSTALLED = Symbol.for('loopback-fence');
const { FENCE_LOG, FENCE_NAMES = '{}' } = process.env;
const names = JSON.parse(FENCE_NAMES);
const asked = {};

const isLoopback = (address) => /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address) || address === '::1';
const log = (event) => FENCE_LOG && appendFileSync(FENCE_LOG, `${JSON.stringify(event)}\n`);
const familyOf = (address) => ({ address, family: net.isIP(address) });

function lookup(host, options, callback) {
  if (typeof options === 'function') return lookup(host, {}, options);
  const settings = typeof options === 'number' ? { family: options } : options ?? {};
  const answers = names[host];
  const turn = asked[host] = (asked[host] ?? -1) + 1;
  const all = net.isIP(host) ? [host] : answers ? answers[Math.min(turn, answers.length - 1)] : host === 'localhost' ? ['127.0.0.1'] : [];
  log({ event: 'lookup', host, addresses: all });
  if (all.length === 0) {
    return void process.nextTick(callback, Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host }));
  }
  const found = all.map(familyOf);
  process.nextTick(() => (settings.all ? callback(null, found) : callback(null, found[0].address, found[0].family)));
}

function refusal(address, port) {
  log({ event: 'refused', address, port });
  return Object.assign(new Error(`connect ECONNREFUSED ${address}:${port} (kept on loopback)`), { code: 'ECONNREFUSED', syscall: 'connect', address, port });
}

/** A resolver whose addresses a socket connects to: of these, those on this machine. */
const fenced = (resolve, port) => (host, options, callback) => resolve(host, options, (error, addresses, family) => {
  if (error) return callback(error);
  const all = typeof addresses === 'string' ? [{ address: addresses, family }] : addresses;
  const outside = all.filter(({ address }) => !isLoopback(address)).map(({ address }) => refusal(address, port));
  const inside = all.filter(({ address }) => isLoopback(address));
  if (inside.length === 0) return callback(outside[0]);
  return typeof addresses === 'string' ? callback(null, addresses, family) : callback(null, inside);
});

function install() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function fencedConnect(...args) {
    const list = Array.isArray(args[0]) ? args[0] : args; // net.connect hands on its arguments as one list
    if (typeof list[0] === 'string' && !/^\d+$/.test(list[0])) return connect.apply(this, args); // a socket of the file system
    const options = typeof list[0] === 'object' && list[0] !== null ? list[0] : { port: Number(list[0]), host: typeof list[1] === 'string' ? list.splice(1, 1)[0] : undefined };
    const host = options.host ?? 'localhost';
    if (options.path === undefined && net.isIP(host) && !isLoopback(host)) {
      process.nextTick(() => this.destroy(refusal(host, options.port)));
      return this;
    }
    list[0] = options.path === undefined ? { ...options, host, lookup: fenced(options.lookup ?? lookup, options.port) } : options;
    return connect.apply(this, args);
  };
  dns.lookup = lookup;
  dns.promises.lookup = (host, options) => new Promise((resolve, reject) => {
    lookup(host, options ?? {}, (error, address, family) => (error ? reject(error) : resolve(options?.all ? address : { address, family })));
  });
}

if (!net.Socket.prototype[INSTALLED]) {
  net.Socket.prototype[INSTALLED] = true;
  install();
}
