/** What a scanner sees: versions, the chain, the limits of the authority. */
import { join } from 'node:path';
import { useWorld } from '../../harness/world';
import { run, startTlsManager } from './tls-here';

const world = useWorld();
/** As weak as the client can be made, so that the server is the one who refuses. */
const WEAK = ['-cipher', 'ALL:@SECLEVEL=0'];

const scan = (port: number, ...flags: string[]) =>
  run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', ...flags]);

test('TLS 1.2 and 1.3, and nothing older', async () => {
  const { port, caFile } = await startTlsManager(world);
  for (const old of ['-tls1', '-tls1_1']) {
    const { out, err } = await scan(port, old, ...WEAK);
    expect(out + err).toMatch(/alert protocol version/);
  }
  for (const [flag, version] of [
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ] as const) {
    const { out } = await scan(port, flag, '-CAfile', caFile, '-verify_return_error', '-verify_hostname', 'localhost');
    expect(out).toContain('Verify return code: 0 (ok)');
    expect(out).toContain(version);
  }
});

test('with 1.2 no cipher without forward secrecy or without authentication of the data', async () => {
  const { port } = await startTlsManager(world);
  for (const ciphers of ['kRSA', 'aNULL', 'eNULL', '3DES', 'RC4', 'DES', 'EXPORT', 'MD5', 'PSK']) {
    const { out, err } = await scan(port, '-tls1_2', '-cipher', `${ciphers}:@SECLEVEL=0`);
    // Not offered by the server, or not even known to openssl any more.
    expect(out + err).toMatch(/alert handshake failure|no cipher match|no ciphers available/);
  }
});

test('min_version 1.3 refuses 1.2', async () => {
  const { port } = await startTlsManager(world, { env: { PROCGUARD_WEB_TLS_MIN_VERSION: '1.3' } });
  const older = await scan(port, '-tls1_2');
  expect(older.out + older.err).toMatch(/alert protocol version/);
  expect((await scan(port, '-tls1_3')).out).toContain('TLSv1.3');
});

test('the chain holds to the letter, and the authority signs nothing below servers', async () => {
  const { dataDir, caFile } = await startTlsManager(world);
  const server = join(dataDir, 'tls', 'server.pem');
  const strict = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', caFile];
  expect((await run('openssl', [...strict, '-verify_hostname', 'localhost', server])).out).toBe(`${server}: OK\n`);
  expect((await run('openssl', [...strict, '-verify_ip', '127.0.0.1', server])).code).toBe(0);
  expect((await run('openssl', [...strict, '-verify_hostname', 'other.example', server])).code).not.toBe(0);
  expect(
    (await run('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', caFile, server])).code,
  ).not.toBe(0);
  const { out } = await run('openssl', ['x509', '-in', caFile, '-noout', '-text']);
  expect(out).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  expect(out).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
});
