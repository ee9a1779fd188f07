import { serverNames } from './server-names';

const names = (known: Partial<Parameters<typeof serverNames>[0]>) =>
  serverNames({ hostname: 'box', addresses: [], configured: [], ...known });

test('the machine, loopback and what is configured, each once and in small letters', () => {
  const { dns, ip } = names({
    hostname: 'Box.example.org',
    addresses: ['127.0.0.1', '192.0.2.5', '2001:db8::5'],
    configured: ['Guard.example', '[2001:db8::7]', '192.0.2.5', 'box'],
  });
  expect(dns).toEqual(['guard.example', 'box', 'localhost', 'box.example.org']);
  expect(ip).toEqual(['2001:db8::7', '192.0.2.5', '127.0.0.1', '::1', '2001:db8::5']);
});

test('0.0.0.0, link-local addresses and what is no name are left out', () => {
  const { dns, ip } = names({
    addresses: ['fe80::1', 'FEBF::2'],
    configured: ['0.0.0.0', '::', 'a b', '-x', '', 'x..y'],
  });
  expect(dns).toEqual(['localhost', 'box']);
  expect(ip).toEqual(['127.0.0.1', '::1']);
});

test('a machine full of bridges keeps what was configured', () => {
  const addresses = Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const { ip } = names({ addresses, configured: ['192.0.2.9'] });
  expect(ip).toHaveLength(64);
  expect(ip.slice(0, 3)).toEqual(['192.0.2.9', '127.0.0.1', '::1']);
});
