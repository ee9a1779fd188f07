import { addressForOthers, originForOthers, originOf } from './manager-origin';

const asked = (host: string | undefined, isEncrypted = false) => originOf({ host, isEncrypted }, null);

test.each(['manager', 'manager:5000', '10.0.0.1:5000', '[fd00::1]:5000', 'a-b.example.org'])(
  '%s goes into the script',
  (host) => {
    expect(asked(host)).toBe(`http://${host}`);
    expect(asked(host, true)).toBe(`https://${host}`);
  },
);

// The guard lets every name below .localhost pass: pages of this machine use them.
test.each([
  '$(id).localhost',
  '`id`.localhost',
  "a'b.localhost",
  'a;id.localhost',
  'a|b.localhost',
  'a&b.localhost',
  '-o.localhost',
  'a\\b.localhost',
  'a"b.localhost',
  '',
  undefined,
])('%p does not', (host) => {
  expect(() => asked(host)).toThrow(/cannot be written into a script/);
});

test('web.public_url wins over whatever was asked', () => {
  expect(originOf({ host: '$(id)', isEncrypted: false }, 'https://fleet.example/pg/')).toBe('https://fleet.example/pg');
});

test('others are not sent to a loopback address', () => {
  expect(originForOthers('http://127.0.0.1:5000', '10.0.0.7')).toBe('http://10.0.0.7:5000');
  expect(originForOthers('https://localhost', 'fd00::7')).toBe('https://[fd00::7]');
  expect(originForOthers('http://[::1]:5000', '10.0.0.7')).toBe('http://10.0.0.7:5000');
  expect(originForOthers('http://manager:5000', '10.0.0.7')).toBe('http://manager:5000');
  expect(originForOthers('http://localhost:5000', null)).toBe('http://localhost:5000');
});

test('a manager that listens everywhere is found at its first address in the network', () => {
  const interfaces = {
    lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
    eth0: [
      { address: 'fe80::1', family: 'IPv6', internal: false },
      { address: 'fd00::7', family: 'IPv6', internal: false },
    ],
    eth1: [{ address: '10.0.0.7', family: 'IPv4', internal: false }],
  };
  expect(addressForOthers('0.0.0.0', interfaces)).toBe('10.0.0.7');
  expect(addressForOthers('::', { lo: interfaces.lo, eth0: interfaces.eth0 })).toBe('fd00::7');
  expect(addressForOthers('0.0.0.0', { lo: interfaces.lo })).toBeNull();
  expect(addressForOthers('192.168.1.2', interfaces)).toBe('192.168.1.2');
  expect(addressForOthers('127.0.0.1', interfaces)).toBeNull();
});
