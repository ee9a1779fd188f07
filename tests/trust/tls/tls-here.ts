/** A real manager that speaks TLS, and certificates made for a test. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestOverTls, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { newAuthority, newServerCertificate, type KeyAndCertificate } from '../../../src/trust/tls/authority';
import { PROCGUARD } from '../../harness/manager';
import type { Program } from '../../harness/program';
import { quietPort } from '../../harness/quiet-port';
import { until } from '../../harness/until';
import type { World } from '../../harness/world';

const DEADLINE_MS = 60_000;
export const DAY_MS = 86_400_000;

export interface TlsManager {
  readonly program: Program;
  readonly dataDir: string;
  readonly port: number;
  /** By address, without a slash at its end. */
  readonly url: string;
  /** Its own authority; '' when its certificates were given. */
  readonly caFile: string;
  readonly fingerprint: string;
}

export interface TlsManagerSetup {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly dataDir?: string;
  readonly port?: number;
}

export async function startTlsManager(world: World, setup: TlsManagerSetup = {}): Promise<TlsManager> {
  const { flags = ['--ssl'], env = {}, dataDir = world.directory(), port = await quietPort() } = setup;
  const argv = ['manager', '--host', '127.0.0.1', '--port', String(port), '--data-dir', dataDir, ...flags];
  const program = world.start([process.execPath, PROCGUARD, ...argv], { cwd: dataDir, env });
  await until('the manager to listen', DEADLINE_MS, async () => {
    if (!program.isRunning) {
      await program.ended;
      throw new Error(`the manager ended: ${program.output}`);
    }
    return /dashboard: https:/.test(program.output);
  });
  const fingerprint = /^authority: (\S+)$/m.exec(program.output)?.[1] ?? '';
  const caFile = fingerprint === '' ? '' : join(dataDir, 'tls', 'ca.pem');
  return { program, dataDir, port, url: `https://127.0.0.1:${port}`, caFile, fingerprint };
}

export const LOCAL = { dns: ['localhost'], ip: ['127.0.0.1'] } as const;

/** A certificate in files of its own, for these names from this time on. */
export async function certificateFiles(
  dir: string,
  {
    names = LOCAL,
    nowMs = Date.now(),
    authority,
  }: { names?: { dns: readonly string[]; ip: readonly string[] }; nowMs?: number; authority?: KeyAndCertificate } = {},
): Promise<{ keyFile: string; certFile: string; caFile: string; authority: KeyAndCertificate }> {
  const by = authority ?? (await newAuthority('test', nowMs));
  const { key, certificate } = await newServerCertificate(by, names, nowMs);
  const files = { keyFile: join(dir, 'server.key'), certFile: join(dir, 'server.pem'), caFile: join(dir, 'ca.pem') };
  writeFileSync(files.keyFile, key);
  writeFileSync(files.certFile, certificate);
  writeFileSync(files.caFile, by.certificate);
  return { ...files, authority: by };
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program to its end. */
export const run = (file: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(file, words, { env: { ...process.env, ...env }, timeout: 90_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end();
  });

export const cli = (...words: string[]): Promise<Ran> => run(process.execPath, [PROCGUARD, ...words]);

/** The serial number of the certificate that a new connection is shown. */
export function serialShown({ port }: { readonly port: number }, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Over TLS or without, as the address says. */
export function ask(url: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  const request = url.startsWith('https:') ? requestOverTls : requestPlain;
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

export const read = (file: string): string => readFileSync(file, 'utf8');
