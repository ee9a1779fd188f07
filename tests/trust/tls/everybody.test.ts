/** A manager with an authority of its own, and everybody who comes: launcher, command line, curl, a browser. */
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../../harness/launcher';
import { PROCGUARD } from '../../harness/manager';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { buildPageOnce, launchBrowser, withBrowser } from '../../dashboard/browser';
import { ask, cli, read, run, startTlsManager, type TlsManager } from './tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;
const COUNTING = ['--auto-start', '--command', 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.2; done'];

const stored = async ({ url, caFile }: TlsManager): Promise<string> =>
  (await ask(`${url}/api/workers/w1/logs?format=text&limit=0`, { ca: read(caFile) })).text;

test.each([
  ['a file', ({ caFile }: TlsManager) => ['--ca', caFile]],
  ['a fingerprint', ({ fingerprint }: TlsManager) => ['--ca-fingerprint', fingerprint]],
])('a launcher that trusts by %s runs a child, and its output arrives', async (_, trust) => {
  const manager = await startTlsManager(world);
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: [...trust(manager), ...COUNTING] });
  await until('three lines at the manager', DEADLINE_MS, async () => (await stored(manager)).includes('line 3\n'));
  expect(launcher.program.output).toContain(`connected to ${manager.url}`);
  // Commands come the other way, over the held connection.
  const stopped = await cli('--url', manager.url, '--ca', manager.caFile, 'stop', 'w1');
  expect([stopped.code, stopped.err]).toEqual([0, '']);
});

test('the command line asks and follows', async () => {
  const manager = await startTlsManager(world);
  startLauncher(world, { managerUrl: manager.url, flags: ['--ca', manager.caFile, ...COUNTING] });
  const pinned = ['--url', manager.url, '--ca-fingerprint', manager.fingerprint];
  await until('it to run', DEADLINE_MS, async () => (await cli(...pinned, 'ls')).out.includes('running'));
  const following = world.start([process.execPath, PROCGUARD, ...pinned, 'logs', '-f', 'w1']);
  const lines = (): number => following.output.split('\n').length;
  await until('its first lines', DEADLINE_MS, () => lines() > 2);
  const before = lines();
  await until('more lines than there were', DEADLINE_MS, () => lines() > before + 2);
});

test('curl, with the authority that the manager serves', async () => {
  const manager = await startTlsManager(world);
  const served = await run('curl', ['-sk', `${manager.url}/ca.pem`]);
  expect(served.out).toBe(read(manager.caFile));
  const asked = await run('curl', ['-s', '--cacert', manager.caFile, `https://localhost:${manager.port}/healthz`]);
  expect(asked).toMatchObject({ code: 0, out: '{"status":"ok"}' });
});

test('procguard ca says the fingerprint that openssl says', async () => {
  const manager = await startTlsManager(world);
  const asked = await cli('--url', manager.url, 'ca');
  const inFile = await cli('ca', '--file', manager.caFile);
  const { out } = await run('openssl', ['x509', '-in', manager.caFile, '-noout', '-fingerprint', '-sha256']);
  const openssl = `sha256:${out.trim().split('=')[1]?.replaceAll(':', '').toLowerCase()}`;
  expect([asked.out.trim(), inFile.out.trim(), manager.fingerprint]).toEqual([openssl, openssl, openssl]);
  expect(asked.err).toContain('compare it with what the manager says at its start');
  expect((await cli('--url', manager.url, 'ca', '--pem')).out.trim()).toBe(read(manager.caFile).trim());
  // And its way of writing it is taken, too.
  expect((await cli('--url', manager.url, '--ca-fingerprint', out.trim().split('=')[1] ?? '', 'ls')).code).toBe(0);
});

withBrowser('a browser', () => {
  beforeAll(buildPageOnce);

  test('refuses an authority that it does not know', async () => {
    const manager = await startTlsManager(world);
    const browser = await launchBrowser();
    world.afterwards(() => browser.close());
    const page = await browser.newPage();
    await expect(page.goto(`https://localhost:${manager.port}/`, { timeout: 120_000 })).rejects.toThrow(
      'ERR_CERT_AUTHORITY_INVALID',
    );
  });

  test('shows the dashboard, live', async () => {
    const manager = await startTlsManager(world);
    const key = new X509Certificate(read(join(manager.dataDir, 'tls', 'server.pem'))).publicKey;
    const pin = createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('base64');
    // As if its authority had been imported; everything else about the connection is judged as always.
    const browser = await launchBrowser([`ignore-certificate-errors-spki-list=${pin}`]);
    world.afterwards(() => browser.close());
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`https://localhost:${manager.port}/`, { timeout: 120_000 });
    expect(await page.evaluate('isSecureContext')).toBe(true);
    startLauncher(world, { managerUrl: manager.url, flags: ['--ca', manager.caFile, ...COUNTING] });
    // By the live feed: over wss, within the page's own policy.
    await page.getByText('w1').first().waitFor({ timeout: 120_000 });
    expect(complaints).toEqual([]);
  });
});

test('keys are for the manager’s user alone', async () => {
  const { dataDir } = await startTlsManager(world);
  for (const name of ['ca.key', 'server.key']) {
    const file = join(dataDir, 'tls', name);
    expect([existsSync(file), statSync(file).mode & 0o077]).toEqual([true, 0]);
  }
});

test('browsers are told to come back by TLS, for names and not for localhost', async () => {
  const manager = await startTlsManager(world, { env: { PROCGUARD_WEB_ALLOWED_HOSTS: '[guard.example]' } });
  const named = await ask(`${manager.url}/healthz`, {
    ca: read(manager.caFile),
    headers: { host: 'guard.example' },
    servername: 'guard.example',
  });
  expect(named.headers['strict-transport-security']).toMatch(/^max-age=\d{7,}$/);
  const local = await ask(`https://localhost:${manager.port}/healthz`, { ca: read(manager.caFile) });
  expect(local.headers['strict-transport-security']).toBeUndefined();
});
