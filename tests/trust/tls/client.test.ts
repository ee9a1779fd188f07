/** The client for programs trusts a manager as launchers and the command line do, and says why where it does not. */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isNativeError } from 'node:util/types';
import type { CaFingerprint } from '../../../protocol/ca-fingerprint';
import type { TrustWanted } from '../../../protocol/trust-wanted';
import { NoAnswer, ProcGuardClient } from '../../../src/client/client';
import { useWorld } from '../../harness/world';
import { certificateFiles, read, run, startTlsManager } from './tls-here';

const world = useWorld();
const JOB = { command: ['true'] };
const pinned = (caFingerprint: string): Partial<TrustWanted> => ({ caFingerprint: caFingerprint as CaFingerprint });

function clientOf(url: string, trust: Partial<TrustWanted>): ProcGuardClient {
  const client = new ProcGuardClient({ url, trust });
  world.afterwards(() => Promise.resolve(client.close()));
  return client;
}

interface Heard {
  readonly url: string;
  /** The name that was asked for with each connection. */
  readonly names: (string | false | null)[];
  readonly sessions: boolean[];
  asked: number;
}

/** A server with these certificates. @param ca what it shows as its authority */
async function serverWith(files: { keyFile: string; certFile: string }, ca = ''): Promise<Heard> {
  const server: Server = createServer({ key: read(files.keyFile), cert: read(files.certFile) }, (request, response) => {
    if (request.url === '/ca.pem') return void response.end(ca);
    heard.asked += 1;
    response.setHeader('connection', 'close').end('{}');
  });
  server.on('secureConnection', (socket: TLSSocket & { servername?: string | false | null }) => {
    heard.names.push(socket.servername ?? null);
    heard.sessions.push(socket.isSessionReused());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  world.afterwards(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const heard: Heard = { url: `https://127.0.0.1:${port}`, names: [], sessions: [], asked: 0 };
  return heard;
}

/** It is not asked again: each of them is final. */
async function distrust(url: string, trust: Partial<TrustWanted>): Promise<string> {
  const error = await clientOf(url, trust)
    .job('j_1')
    .catch((error: unknown) => error);
  expect(error).toBeInstanceOf(NoAnswer);
  expect([(error as NoAnswer).isFinal, isNativeError((error as NoAnswer).cause)]).toEqual([true, true]);
  return (error as NoAnswer).message;
}

test('by a fingerprint, by a file, and by no check at all', async () => {
  const { url, fingerprint, caFile } = await startTlsManager(world);
  for (const trust of [pinned(fingerprint), { caFile }, { isVerified: false }])
    expect(await clientOf(url, trust).submit(JOB)).toMatchObject({ is_new: true });
});

test('who is not trusted is sent nothing', async () => {
  const manager = await startTlsManager(world);
  const own = await certificateFiles(world.directory());
  const other = await serverWith(own, `${read(manager.caFile)}${own.authority.certificate}`);
  expect(await distrust(other.url, {})).toContain('signed by no authority that is trusted here');
  expect(await distrust(other.url, { caFile: manager.caFile })).toContain(
    'not signed by the authority given with --ca',
  );
  expect(await distrust(other.url, pinned(manager.fingerprint))).toContain(
    'is not signed by the authority of the pinned fingerprint',
  );
  expect(other.asked).toBe(0);
});

test('a certificate that is made out for other names, or has ended', async () => {
  const named = await certificateFiles(world.directory(), { names: { dns: ['guard.example'], ip: [] } });
  const heard = await serverWith(named);
  expect(await distrust(heard.url, { caFile: named.caFile })).toContain('is made out for other names (guard.example)');
  expect(heard.asked).toBe(0);
  expect(await clientOf(heard.url, { caFile: named.caFile, serverName: 'guard.example' }).job('j_1')).toEqual({});
  expect(heard.names.at(-1)).toBe('guard.example');
  const ended = await certificateFiles(world.directory(), { nowMs: Date.now() - 800 * 86_400_000 });
  expect(await distrust((await serverWith(ended)).url, { caFile: ended.caFile })).toContain('has ended');
});

test('a name is said to the server, an address is not, and no session outlives the trust it was made with', async () => {
  const files = await certificateFiles(world.directory());
  const heard = await serverWith(files);
  const byName = clientOf(heard.url.replace('127.0.0.1', 'localhost'), { caFile: files.caFile });
  for (const client of [clientOf(heard.url, { caFile: files.caFile }), byName, byName]) await client.job('j_1');
  expect(heard.names.map((name) => name || null)).toEqual([null, 'localhost', 'localhost']);
  expect(heard.sessions).toEqual([false, false, false]);
});

test('it shows its own certificate to a manager that asks for one', async () => {
  const own = await certificateFiles(world.directory());
  const client = { cert: `${world.directory()}/client.pem`, key: `${world.directory()}/client.key` };
  const caKey = `${world.directory()}/ca.key`;
  writeFileSync(caKey, own.authority.key);
  const subject = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ci -days 2'.split(' ');
  const words = ['req', '-x509', '-CA', own.caFile, '-CAkey', caKey, ...subject];
  expect((await run('openssl', [...words, '-keyout', client.key, '-out', client.cert])).code).toBe(0);
  const manager = await startTlsManager(world, { env: { PROCGUARD_WEB_TLS_CLIENT_CA_FILE: own.caFile } });
  const trust = { caFile: manager.caFile };
  await expect(clientOf(manager.url, trust).submit(JOB)).rejects.toThrow('asks for a client certificate');
  const shown = { ...trust, clientCertFile: client.cert, clientKeyFile: client.key };
  expect(await clientOf(manager.url, shown).submit(JOB)).toMatchObject({ is_new: true });
});
