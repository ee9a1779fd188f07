/** Workers as those who keep them see them: credentials, approvals, tokens to join. */
import type { AdminWorker, ApplicantView, MintedToken, MintedWorker } from '../../../protocol/trust-http';
import { segment } from './address';
import { ask, post, remove } from './ask';

export interface NewWorker {
  readonly name: string;
  readonly worker_type: AdminWorker['worker_type'];
  readonly labels: Readonly<Record<string, string>>;
  /** Absent = whoever comes with its token first. */
  readonly worker_id?: string;
}
export interface NewJoinToken {
  readonly labels: Readonly<Record<string, string>>;
  /** Null = any number. */
  readonly uses: number | null;
  readonly expires: string | null;
}

const one = (id: string, what = ''): string => `admin/workers/${segment(id)}${what}`;

export const readWorkers = async (signal: AbortSignal): Promise<readonly AdminWorker[]> =>
  (await ask<{ workers: AdminWorker[] }>('admin/workers', { signal })).workers;
export const mintWorker = (worker: NewWorker): Promise<MintedWorker> => post('admin/workers', worker);
export const rotateWorker = (id: string): Promise<MintedWorker> => post(one(id, '/token'), {});
export const drainWorker = (id: string): Promise<unknown> => post(one(id, '/drain'), {});
export const undrainWorker = (id: string): Promise<unknown> => post(one(id, '/undrain'), {});
/** @param force also one that is connected */
export const removeWorker = (id: string, force: boolean): Promise<unknown> =>
  remove(one(id, force ? '?force=true' : ''));

/** As the worker that it was seen to ask for: it may say something else by now. */
export const approve = (
  { fingerprint, worker_id }: Pick<ApplicantView, 'fingerprint' | 'worker_id'>,
  labels: Readonly<Record<string, string>>,
): Promise<unknown> => post(`approvals/${segment(fingerprint)}/approve`, { labels, worker_id });
export const reject = (fingerprint: string): Promise<unknown> => post(`approvals/${segment(fingerprint)}/reject`, {});

export const mintJoinToken = (token: NewJoinToken): Promise<MintedToken> => post('admin/join-tokens', token);
