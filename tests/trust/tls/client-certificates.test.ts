/** Mutual TLS: who shows a certificate of the right authority is let in, and nobody else learns anything. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { newAuthority } from '../../../src/trust/tls/authority';
import { startLauncher } from '../../harness/launcher';
import { until } from '../../harness/until';
import { useWorld } from '../../harness/world';
import { ask, cli, read, run, startTlsManager, type TlsManager } from './tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;

interface Fleet {
  readonly manager: TlsManager;
  /** Of the authority that the manager trusts, and of another. */
  readonly good: ClientFiles;
  readonly bad: ClientFiles;
}
interface ClientFiles {
  readonly cert: string;
  readonly key: string;
}

async function fleet(more: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const [right, wrong] = [await clientAuthority(), await clientAuthority()];
  const env = { PROCGUARD_WEB_TLS_CLIENT_CA_FILE: right.caFile, ...more };
  return { manager: await startTlsManager(world, { env }), good: await right.client(), bad: await wrong.client() };
}

/** Clients' certificates come from openssl: as an operator's would. */
async function clientAuthority() {
  const dir = world.directory();
  const { key, certificate } = await newAuthority('clients', Date.now());
  const [caFile, caKey] = [join(dir, 'ca.pem'), join(dir, 'ca.key')];
  writeFileSync(caFile, certificate);
  writeFileSync(caKey, key);
  return {
    caFile,
    client: async (): Promise<ClientFiles> => {
      const files = { cert: join(dir, 'client.pem'), key: join(dir, 'client.key') };
      const subject = [
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=w1',
        '-days',
        '2',
      ];
      const made = await run('openssl', [
        'req',
        '-x509',
        '-CA',
        caFile,
        '-CAkey',
        caKey,
        ...subject,
        '-keyout',
        files.key,
        '-out',
        files.cert,
      ]);
      expect(made.code).toBe(0);
      return files;
    },
  };
}

const shown = ({ cert, key }: ClientFiles) => ({ cert: read(cert), key: read(key) });
const flags = ({ cert, key }: ClientFiles): string[] => ['--client-cert', cert, '--client-key', key];

test('required: with a good one everything works; without, or with another’s, a sentence; health and authority stay open', async () => {
  const { manager, good, bad } = await fleet();
  const ca = read(manager.caFile);
  const status = async (path: string, files: ClientFiles | null) =>
    (await ask(manager.url + path, { ca, ...(files === null ? {} : shown(files)) })).status;
  expect(await status('/api/nodes', good)).toBe(200);
  expect([await status('/api/nodes', null), await status('/', null), await status('/metrics', bad)]).toEqual([
    403, 403, 403,
  ]);
  expect([await status('/healthz', null), await status('/ca.pem', null), await status('/healthz?x', null)]).toEqual([
    200, 200, 403,
  ]);

  // The live feed and the link are entries of their own.
  expect(await status('/socket.io/?EIO=4&transport=polling', null)).toBe(403);
  expect(await status('/socket.io/?EIO=4&transport=polling', good)).toBe(200);

  const pinned = ['--url', manager.url, '--ca-fingerprint', manager.fingerprint];
  const without = await cli(...pinned, 'ls');
  expect([without.code, without.err]).toEqual([
    1,
    expect.stringContaining(
      'asks for a client certificate; launchers and the command line show one with --client-cert',
    ),
  ]);
  expect((await cli(...pinned, ...flags(bad), 'ls')).err).toContain('the client certificate is not accepted');
  expect((await cli(...pinned, ...flags(good), 'ls')).code).toBe(0);

  const curl = ['-s', '--cacert', manager.caFile, '-o', '/dev/null', '-w', '%{http_code}'];
  expect((await run('curl', [...curl, '--cert', good.cert, '--key', good.key, `${manager.url}/api/nodes`])).out).toBe(
    '200',
  );
});

test('a launcher shows its own, over both of its roads', async () => {
  const { manager, good } = await fleet();
  const trust = ['--ca', manager.caFile];
  const stranger = startLauncher(world, { worker: 'w2', managerUrl: manager.url, flags: trust });
  expect((await stranger.program.ended).code).toBe(1);
  expect(stranger.program.output).toContain('refused this worker: this manager asks for a client certificate');
  const command = ['--auto-start', '--command', 'echo here; exec sleep 1000'];
  startLauncher(world, { managerUrl: manager.url, flags: [...trust, ...flags(good), ...command] });
  await until('its output', DEADLINE_MS, async () => {
    const path = `${manager.url}/api/workers/w1/logs?format=text&limit=0`;
    return (await ask(path, { ca: read(manager.caFile), ...shown(good) })).text.includes('here');
  });
});

test('optional: nobody must, and who shows one must show a good one', async () => {
  const { manager, good, bad } = await fleet({ PROCGUARD_WEB_TLS_CLIENT_CERT: 'optional' });
  const ca = read(manager.caFile);
  const statuses = await Promise.all(
    [{}, shown(good), shown(bad)].map(
      async (files) => (await ask(`${manager.url}/api/nodes`, { ca, ...files })).status,
    ),
  );
  expect(statuses).toEqual([200, 200, 403]);
});

/** Node takes every resumed session of TLS 1.3 for one that showed a certificate. */
test('a resumed session without a certificate is still one without', async () => {
  const { manager } = await fleet();
  const ca = read(manager.caFile);
  const session = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect({ port: manager.port, host: '127.0.0.1', ca });
    socket.once('session', (ticket) => {
      resolve(ticket);
      socket.destroy();
    });
    socket.on('error', reject);
  });
  let socket: TLSSocket | null = null;
  const answer = await ask(`${manager.url}/api/nodes`, {
    agent: undefined,
    createConnection: () => (socket = connect({ port: manager.port, host: '127.0.0.1', ca, session })),
  });
  expect((socket as TLSSocket | null)?.isSessionReused()).toBe(true);
  expect(answer.status).toBe(403);
});

test('without TLS nobody can show one: refused with its line', async () => {
  const asked = await run(
    process.execPath,
    ['dist/procguard.js', 'config', 'get', 'web.port', '--config', '/dev/null'],
    {
      PROCGUARD_WEB_TLS_CLIENT_CA_FILE: 'x.pem',
    },
  );
  expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('must be true where client_ca_file is given')]);
});
