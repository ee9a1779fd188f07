/**
 * Registration: one POST, tried until the manager is there. A refusal that cannot change by itself is an end; that it is
 * not up yet is not.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { RegisterReply, type RegisterBody } from '../../protocol/link';
import { ERRORS, type ErrorCode } from '../../protocol/errors';
import { waitMs } from './backoff';
import type { ManagerAddress, Reply } from './manager-address';

const PATH = 'api/workers/register';
/** Seed 002: registration timeout 10 s. */
const TIMEOUT_MS = 10_000;
const BETWEEN_TRIES = { firstMs: 200, mostMs: 5_000 };
/** "Not reachable" is said once, and again this often. */
const SAY_AGAIN_MS = 30_000;

const RefusalBody = z.looseObject({ error: z.string(), code: z.string().optional() });

export type Registration =
  | { readonly kind: 'registered'; readonly reply: RegisterReply }
  /** The same request will be refused again. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'given-up' };

/** @param signal ends the trying: the launcher is asked to end */
export async function register(
  manager: ManagerAddress,
  body: RegisterBody,
  log: (level: 'info' | 'warn' | 'error', message: string) => void,
  signal: AbortSignal,
): Promise<Registration> {
  const bytes = Buffer.from(JSON.stringify(body));
  let saidAtMs: number | null = null;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let trouble: string;
    try {
      const reply = await manager.post(PATH, 'application/json', bytes, TIMEOUT_MS);
      const accepted = reply.status < 300 ? RegisterReply.safeParse(reply.body).data : undefined;
      if (accepted !== undefined) return { kind: 'registered', reply: accepted };
      if (!canChange(reply)) return { kind: 'refused', sentence: refusal(manager.url, reply) };
      trouble = refusal(manager.url, reply);
    } catch (error) {
      trouble = `no manager at ${manager.url}: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`;
    }
    const nowMs = performance.now();
    if (saidAtMs === null || nowMs - saidAtMs >= SAY_AGAIN_MS) {
      log('warn', `${trouble}; trying on`);
      saidAtMs = nowMs;
    }
    await wait(waitMs(BETWEEN_TRIES, attempt, Math.random()), undefined, { signal }).catch(() => {});
  }
  return { kind: 'given-up' };
}

/** 5xx may pass. A refusal says by its code; another server's page (a wrong address) will not change. */
function canChange({ status, body }: Reply): boolean {
  const code = RefusalBody.safeParse(body).data?.code;
  if (code !== undefined && code in ERRORS) return ERRORS[code as ErrorCode].retryable;
  return status >= 500 || status === 429 || status === 408;
}

function refusal(url: string, { status, body }: Reply): string {
  const said = RefusalBody.safeParse(body).data?.error;
  return said === undefined
    ? `${url} answered ${status} to the registration and is perhaps not a ProcGuard manager; check --manager-url`
    : `the manager at ${url} refused this worker: ${said}`;
}
