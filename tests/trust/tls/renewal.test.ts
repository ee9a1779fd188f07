/** Certificates are renewed while the manager serves, and no connection is dropped for it. */
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { newServerCertificate } from '../../../src/trust/tls/authority';
import { startLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { ask, certificateFiles, DAY_MS, LOCAL, read, serialShown, startTlsManager } from './tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;
/** A pair that does not fit is looked at again after this long, and only then told of. */
const PATIENCE_MS = 2_000;

async function withGivenFiles() {
  const files = await certificateFiles(world.directory());
  const manager = await startTlsManager(world, { flags: ['--ssl-key', files.keyFile, '--ssl-cert', files.certFile] });
  return { files, manager };
}

test('files that are replaced are in force at once; a launcher stays connected, a kept connection goes on', async () => {
  const { files, manager } = await withGivenFiles();
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--ca', files.caFile] });
  await until('the launcher to be connected', DEADLINE_MS, () => launcher.program.output.includes('connected to'));
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: read(files.caFile) });
  const askKept = async () => (await ask(`${manager.url}/healthz`, { agent })).status;
  expect(await askKept()).toBe(200);
  const [kept] = Object.values(agent.freeSockets).flat();
  const before = await serialShown(manager);
  await certificateFiles(world.directory(), { authority: files.authority }).then((renewed) => {
    copyFileSync(renewed.keyFile, files.keyFile);
    copyFileSync(renewed.certFile, files.certFile);
  });
  const after = await until('another certificate', DEADLINE_MS, async () => {
    const serial = await serialShown(manager);
    return serial !== before && serial;
  });
  expect(after).toBe(new X509Certificate(read(files.certFile)).serialNumber);
  expect(await askKept()).toBe(200);
  expect(Object.values(agent.freeSockets).flat()[0]).toBe(kept);
  agent.destroy();
  expect(launcher.program.output).not.toContain('is down');
});

test('a broken file is said, and the old certificate stays', async () => {
  const { files, manager } = await withGivenFiles();
  const before = await serialShown(manager);
  const certificate = read(files.certFile);
  // In one piece: a file that is half written is another mistake.
  const replace = (text: string): void => {
    writeFileSync(`${files.certFile}.new`, text);
    renameSync(`${files.certFile}.new`, files.certFile);
  };
  replace('no certificate at all');
  await until('the log to say so', DEADLINE_MS, () =>
    /server\.pem holds no certificate in PEM that can be used: .*; the certificate in force stays/.test(
      manager.program.output,
    ),
  );
  expect(await serialShown(manager)).toBe(before);
  // Whatever else changes there, it is said once.
  writeFileSync(`${files.certFile}.old`, certificate);
  replace((await certificateFiles(world.directory())).authority.certificate);
  await until('the next mistake', DEADLINE_MS, () => manager.program.output.includes('server.key is not the key of'));
  expect(manager.program.output.match(/holds no certificate/g)).toHaveLength(1);
});

test('key and certificate that do not fit yet are no news: the second file is on its way', async () => {
  const { files, manager } = await withGivenFiles();
  /** @returns how long there was one of the two; rejects when that was told of */
  const renew = async (): Promise<number> => {
    const said = manager.program.output.length;
    const before = await serialShown(manager);
    const renewed = await certificateFiles(world.directory(), { authority: files.authority });
    const halfwayFrom = performance.now();
    copyFileSync(renewed.keyFile, files.keyFile);
    // As long as a careful program takes between the two.
    await until('a second to be over', DEADLINE_MS, () => performance.now() - halfwayFrom > 1_000);
    copyFileSync(renewed.certFile, files.certFile);
    const halfwayMs = performance.now() - halfwayFrom;
    await until('another certificate', DEADLINE_MS, async () => (await serialShown(manager)) !== before);
    if (halfwayMs < PATIENCE_MS) expect(manager.program.output.slice(said)).not.toContain('is not the key of');
    return halfwayMs;
  };
  // A program that is held up between the two is no careful one, and says nothing of this.
  while ((await renew()) >= PATIENCE_MS);
});

test('a manager does not start with a pair that does not fit', async () => {
  const [files, other] = [await certificateFiles(world.directory()), await certificateFiles(world.directory())];
  await expect(
    startTlsManager(world, { flags: ['--ssl-key', other.keyFile, '--ssl-cert', files.certFile] }),
  ).rejects.toThrow(/is not the key of the certificate in/);
});

test('SIGHUP looks again: one of its own that ends soon is made anew, by the same authority', async () => {
  const manager = await startTlsManager(world);
  const own = (name: string): string => join(manager.dataDir, 'tls', name);
  const authority = { key: read(own('ca.key')), certificate: read(manager.caFile) };
  const old = await newServerCertificate(authority, LOCAL, Date.now() - 380 * DAY_MS);
  writeFileSync(own('server.key'), old.key);
  writeFileSync(own('server.pem'), old.certificate);
  process.kill(manager.program.pid, 'SIGHUP');
  await until('it to be made', DEADLINE_MS, () =>
    manager.program.output.includes("the server's certificate was made (the old one ends"),
  );
  const shown = await until('another certificate', DEADLINE_MS, async () => {
    const serial = await serialShown(manager);
    return serial === new X509Certificate(read(own('server.pem'))).serialNumber && serial;
  });
  expect(shown).not.toBe(new X509Certificate(old.certificate).serialNumber);
  expect((await ask(`${manager.url}/healthz`, { ca: authority.certificate })).status).toBe(200);
});

test('a name that is new is in the certificate at the next start; the authority and the rest stay', async () => {
  const first = await startTlsManager(world);
  const key = join(first.dataDir, 'tls', 'server.key');
  const before = read(key);
  await first.program.end();
  const same = await startTlsManager(world, { dataDir: first.dataDir, port: first.port });
  expect(read(key)).toBe(before);
  await same.program.end();
  const env = {
    PROCGUARD_WEB_PUBLIC_URL: 'https://guard.example:8443/',
    PROCGUARD_WEB_ALLOWED_HOSTS: '[g.example, 192.0.2.9]',
  };
  const named = await startTlsManager(world, { dataDir: first.dataDir, port: first.port, env });
  expect(named.program.output).toContain('the old one leaves out g.example, guard.example, 192.0.2.9');
  expect(named.fingerprint).toBe(first.fingerprint);
  for (const servername of ['guard.example', 'g.example'])
    expect((await ask(`${named.url}/healthz`, { ca: read(named.caFile), servername })).status).toBe(200);
});

test('a certificate authority without its key is not replaced behind anybody’s back', async () => {
  const manager = await startTlsManager(world);
  await manager.program.end();
  writeFileSync(join(manager.dataDir, 'tls', 'ca.key'), '');
  await expect(startTlsManager(world, { dataDir: manager.dataDir })).rejects.toThrow(
    /ca\.pem has no key in ca\.key beside it; put the key back, or move ca\.pem away/,
  );
});
