/** A real manager in this process: real sockets, a real ledger, a directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load';
import { startManager, type Manager } from '../../src/manager';

export interface ManagerHere {
  readonly url: string;
  readonly dataDir: string;
  readonly journal: string[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Its directory goes with it, unless it is to be kept for the next one. */
  stop(keep?: 'keep'): Promise<void>;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/**
 * In seconds. Launchers of these tests say something only when the test says so, and a test may take its time: silence
 * itself is tested in tests/links and tests/whole.
 */
const SILENCE_LIMIT = '3600';

export async function managerHere(
  options: { dataDir?: string; port?: string; env?: Record<string, string> } = {},
): Promise<ManagerHere> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'procguard-api-'));
  const journal: string[] = [];
  const note = (line: string): void => void journal.push(line);
  const { config } = loadConfig({
    file: null,
    flags: { host: '127.0.0.1', port: Number(options.port ?? 0), dataDir },
    env: {
      PROCGUARD_STATE_SAVE_INTERVAL: '0.02',
      PROCGUARD_MONITORING_HEARTBEAT_TIMEOUT: SILENCE_LIMIT,
      ...options.env,
    },
  });
  const manager: Manager = await startManager({
    config,
    environment: options.env ?? {},
    journal: { info: note, warn: note, error: note },
    webDir: join(__dirname, '../../dist/web'),
    docsDir: join(__dirname, '../../node_modules/swagger-ui-dist'),
    join: {
      launcher: join(__dirname, '../../dist/launcher.js'),
      containerRun: join(__dirname, '../../dist/container-run.js'),
      scriptsDir: join(__dirname, '../../scripts'),
    },
    onFatal: (error) => {
      throw error;
    },
  });
  const url = manager.url.replace(/\/$/, '');
  return {
    url,
    dataDir,
    journal,
    get: (path, headers = {}) => answer(fetch(url + path, { headers })),
    post: (path, body, headers = {}) =>
      answer(fetch(url + path, { method: 'POST', headers, ...(body === undefined ? {} : { body: asBody(body) }) })),
    stop: async (keep) => {
      await manager.stop();
      if (keep === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const asBody = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

async function answer(asked: Promise<Response>): Promise<Answer> {
  const response = await asked;
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, text, body };
}
