/** A fingerprint: what is fetched for it is kept, and nothing else is ever trusted. */
import { existsSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CaFingerprint } from '../../../protocol/ca-fingerprint';
import { ManagerTrust } from '../../../src/trust/pinning/manager-trust';
import { authorityIn } from '../../../src/trust/pinning/authority-in';
import { PUBLIC_TRUST } from '../../../protocol/trust-wanted';
import { startLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { ask, certificateFiles, cli, read, startTlsManager } from './tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;

test('the authority is kept in the launcher’s data directory, and is enough at the next start', async () => {
  const manager = await startTlsManager(world);
  const flags = ['--ca-fingerprint', manager.fingerprint];
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  const kept = join(launcher.dataDir, 'ca.pem');
  await until('it to be connected', DEADLINE_MS, () => launcher.program.output.includes('connected to'));
  expect(authorityIn(read(kept)).fingerprint).toBe(manager.fingerprint);
  await launcher.program.end();
  // What somebody else wrote there is not believed.
  writeFileSync(kept, read((await certificateFiles(world.directory())).caFile));
  const again = launcher.again(flags);
  await until('it to be connected again', DEADLINE_MS, () => again.program.output.includes('connected to'));
  expect(authorityIn(read(kept)).fingerprint).toBe(manager.fingerprint);
});

test('a launcher that is there before its manager waits for it', async () => {
  const first = await startTlsManager(world);
  await first.program.end();
  const launcher = startLauncher(world, { managerUrl: first.url, flags: ['--ca-fingerprint', first.fingerprint] });
  await until('it to wait', DEADLINE_MS, () => launcher.program.output.includes('cannot be fetched'));
  await startTlsManager(world, { dataDir: first.dataDir, port: first.port });
  await until('it to be connected', DEADLINE_MS, () => launcher.program.output.includes('connected to'));
});

/** Somebody on the way: serves the right authority, for everybody to see, and another one behind it. */
async function somebodyElse(rightCa: string): Promise<{ url: string; asked: () => number }> {
  const own = await certificateFiles(world.directory());
  let asked = 0;
  const server: Server = createServer({ key: read(own.keyFile), cert: read(own.certFile) }, (request, response) => {
    if (request.url === '/ca.pem') return void response.end(`${rightCa}${own.authority.certificate}`);
    asked++;
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  world.afterwards(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

test('a second certificate behind the right one is not trusted with it', async () => {
  const manager = await startTlsManager(world);
  const other = await somebodyElse(read(manager.caFile));
  const flags = ['--ca-fingerprint', manager.fingerprint];
  const asked = await cli('--url', other.url, ...flags, 'ls');
  expect(asked.err).toContain('is not signed by the authority of the pinned fingerprint');
  const launcher = startLauncher(world, { managerUrl: other.url, flags });
  await until('the launcher to say so', DEADLINE_MS, () =>
    launcher.program.output.includes('is not signed by the authority of the pinned fingerprint'),
  );
  expect(read(join(launcher.dataDir, 'ca.pem')).match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  expect(other.asked()).toBe(0);
});

describe('an authority that does not come whole', () => {
  type Answer = (response: ServerResponse) => void;
  /** @returns its address */
  async function answering(answer: Answer): Promise<string> {
    const { keyFile, certFile } = await certificateFiles(world.directory());
    const server = createServer({ key: read(keyFile), cert: read(certFile) }, (_request, response) => answer(response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    world.afterwards(async () => {
      server.closeAllConnections();
      server.close();
    });
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const WANTED = { ...PUBLIC_TRUST, caFingerprint: `sha256:${'0'.repeat(64)}` as CaFingerprint };
  const readyWithin = async (ms: number | undefined, answer: Answer): Promise<void> =>
    new ManagerTrust(await answering(answer), WANTED, null, ms).ready();

  const cut: Answer = (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('-----BEGIN');
    setImmediate(() => response.destroy());
  };
  test('a launcher whose first fetch is cut short asks again', async () => {
    const manager = await startTlsManager(world);
    let cuts = 0;
    const url = await answering((response) => {
      if (cuts++ < 2) return cut(response);
      response.end(read(manager.caFile));
    });
    const launcher = startLauncher(world, { managerUrl: url, flags: ['--ca-fingerprint', manager.fingerprint] });
    await until('the authority to be kept', DEADLINE_MS, () => existsSync(join(launcher.dataDir, 'ca.pem')));
    expect(cuts).toBeGreaterThan(2);
  });

  test.each<[string, Answer, RegExp]>([
    ['is cut in the middle', cut, /cannot be fetched: .*aborted/],
    ['is cut before its head', (response) => response.destroy(), /cannot be fetched: socket hang up/],
    ['has no end', (response) => forever(response, 'x'.repeat(10_000)), /too long for a certificate/],
    ['is none', (response) => void response.end('<html>'), /is no certificate/],
    ['is not there', (response) => void response.writeHead(404).end('no'), /it answered 404/],
  ])('one that %s is refused', async (_what, answer, sentence) => {
    await expect(readyWithin(undefined, answer)).rejects.toThrow(sentence);
  });

  test('one that never ends is not waited for, however often a byte of it comes', async () => {
    await expect(readyWithin(500, (response) => forever(response, '-'))).rejects.toThrow(
      'no whole answer within 0.5 s',
    );
    await expect(readyWithin(500, () => undefined)).rejects.toThrow('no whole answer within 0.5 s');
  });
});

function forever(response: ServerResponse, piece: string): void {
  const timer = setInterval(() => response.write(piece), 20);
  response.on('close', () => clearInterval(timer));
}

test('nothing is sent before the authority is known', async () => {
  const manager = await startTlsManager(world);
  const wanted = { ...PUBLIC_TRUST, caFingerprint: authorityIn(read(manager.caFile)).fingerprint };
  const trust = new ManagerTrust(manager.url, wanted, null);
  expect(() => trust.connectionOptions()).toThrow('is not known yet');
  await trust.ready();
  expect((await ask(`${manager.url}/healthz`, { agent: trust.agent({}) })).status).toBe(200);
});

test('a certificate that is trusted is also one that was given alone, under a name of its own', async () => {
  const dir = world.directory();
  const files = await certificateFiles(dir, { names: { dns: ['guard.example'], ip: [] } });
  const manager = await startTlsManager(world, { flags: ['--ssl-key', files.keyFile, '--ssl-cert', files.certFile] });
  expect(existsSync(join(manager.dataDir, 'tls'))).toBe(false);
  const [caFile, serverName] = read(join(manager.dataDir, 'manager.trust')).trimEnd().split('\n');
  expect([caFile, serverName]).toEqual([files.certFile, 'guard.example']);
  const flags = ['--ca', files.certFile, '--tls-server-name', 'guard.example'];
  const launcher = startLauncher(world, { managerUrl: manager.url, flags });
  await until('it to be connected', DEADLINE_MS, () => launcher.program.output.includes('connected to'));
});
