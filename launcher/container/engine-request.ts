/**
 * One question to a container engine, by HTTP alone: what the launcher itself asks, a few times in the life of a container
 * that was left. The library that keeps containers (dockerode) stays out of a launcher, which is to be small.
 */
import { request } from 'node:http';
import type { EngineAddress } from './engine-address';

const ANSWER_MS_MAX = 15_000;

export interface EngineAnswer {
  readonly status: number;
  /** Parsed; null = none, or no JSON. */
  readonly body: unknown;
  /** Who answers, by its own header: `Libpod/4.3.1 (linux)`. Empty = it does not say. */
  readonly server: string;
}

export interface Asking {
  /** Null = for as long as the engine takes, or lives. */
  readonly withinMs: number | null;
}

/** Rejects when there is no whole answer within that time, 15 s if nothing else is said. */
export function askEngine(
  address: EngineAddress,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { withinMs }: Asking = { withinMs: ANSWER_MS_MAX },
): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const timeout = withinMs === null ? {} : { timeout: withinMs };
    const asked = request({ ...address, method, path, ...timeout, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      const server = response.headers.server ?? '';
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(pieces)), server: String(server) }),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${(withinMs ?? 0) / 1000} s`)));
    asked.on('error', reject);
    asked.end();
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
