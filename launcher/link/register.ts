/**
 * Registration: one POST, tried until the manager is there. A refusal that cannot change by itself is an end; that it is
 * not up yet is not.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { RegisterReply, type LauncherIdentity, type RegisterBody } from '../../protocol/link';
import { commandText } from '../../protocol/process-spec';
import type { LauncherOptions } from '../options';
import { ERRORS, type ErrorCode } from '../../protocol/errors';
import { waitMs } from './backoff';
import type { ManagerAddress, Reply } from './manager-address';
import { checkUrl, noManagerText } from './no-manager';
import { Said } from './said';

const PATH = 'api/workers/register';
/** Seed 002: registration timeout 10 s. A manager holds its answer to one that waits for approval for less. */
const TIMEOUT_MS = 10_000;
const BETWEEN_TRIES = { firstMs: 200, mostMs: 5_000 };
/** Somebody said no. He may think better of it, and is not to be pressed. */
const AFTER_REJECTION = { firstMs: 30_000, mostMs: 120_000 };
/** An answer that was held for longer than this needs no wait before the next question. */
const HELD_MS = 2_000;

const RefusalBody = z.looseObject({ error: z.string(), code: z.string().optional() });

export type Registration =
  | { readonly kind: 'registered'; readonly reply: RegisterReply }
  /** The same request will be refused again. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'given-up' };

export const registrationOf = (options: LauncherOptions, launcher: LauncherIdentity): RegisterBody => ({
  worker_id: options.workerId,
  ...(options.command === null ? {} : { command: commandText(options.command) }),
  working_dir: options.workingDir ?? process.cwd(),
  hostname: launcher.hostname,
  labels: options.labels,
  heartbeat_interval: options.heartbeatIntervalMs / 1000,
  launcher,
});

/** @param signal ends the trying: the launcher is asked to end */
export async function register(
  manager: ManagerAddress,
  body: RegisterBody,
  log: (level: 'info' | 'warn' | 'error', message: string) => void,
  signal: AbortSignal,
): Promise<Registration> {
  let bytes = Buffer.from(JSON.stringify(body));
  const said = new Said();
  let attempt = -1;
  while (!signal.aborted) {
    const askedAtMs = performance.now();
    const tried = await tryOnce(manager, bytes);
    if (tried.kind !== 'again') return tried;
    const { trouble, code } = tried;
    const nowMs = performance.now();
    if (said.isDue(trouble, nowMs)) log('warn', trouble);
    if (code === 'pending_approval')
      bytes = Buffer.from(JSON.stringify({ ...body, may_hold: true } satisfies RegisterBody));
    attempt = nowMs - askedAtMs > HELD_MS ? 0 : attempt + 1;
    const pause = code === 'rejected' ? AFTER_REJECTION : BETWEEN_TRIES;
    await wait(waitMs(pause, attempt, Math.random()), undefined, { signal }).catch(() => {});
  }
  return { kind: 'given-up' };
}

type Tried = Registration | { readonly kind: 'again'; readonly trouble: string; readonly code: string | null };

async function tryOnce(manager: ManagerAddress, body: Buffer): Promise<Tried> {
  let reply: Reply;
  try {
    reply = await manager.post(PATH, 'application/json', body, TIMEOUT_MS);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const stranger = noManagerText(manager.url, error as NodeJS.ErrnoException);
    const trouble = `${stranger ?? `no manager at ${manager.url}: ${message || code}`}; trying on`;
    return { kind: 'again', trouble, code: null };
  }
  const accepted = reply.status < 300 ? RegisterReply.safeParse(reply.body).data : undefined;
  if (accepted !== undefined) return { kind: 'registered', reply: accepted };
  const { code, error } = RefusalBody.safeParse(reply.body).data ?? { code: null, error: '' };
  // Its sentence says with which fingerprint, and what an operator does about it.
  if (code === 'pending_approval') return { kind: 'again', trouble: `${error} (manager ${manager.url})`, code };
  const sentence = refusal(manager.url, reply);
  return canChange(reply)
    ? { kind: 'again', trouble: `${sentence}; trying on`, code: code ?? null }
    : { kind: 'refused', sentence };
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
    ? `${url} answered ${status} to the registration and is perhaps no ProcGuard manager; ${checkUrl(url)}`
    : `the manager at ${url} refused this worker: ${said}`;
}
