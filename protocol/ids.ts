/**
 * The names things have on the wire. A bare string never crosses a function where one of these is meant.
 *
 * Source: seed 002 (worker_id), DESIGN "Words". An id is a path segment, a file name and a label value at once,
 * so its alphabet is the one all three allow.
 */
import { z } from 'zod';
import { LIMITS } from './limits';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]*$/;

const name = (what: string) =>
  z
    .string()
    .min(1, `${what} is empty`)
    .max(LIMITS.nameCharsMax, `${what} is longer than ${LIMITS.nameCharsMax} characters`)
    .regex(NAME, `${what} may hold letters, digits and _ . : @ - and starts with a letter, a digit or _`);

/** A worker's id, chosen by the user (`--worker-id`, default: the host name). */
export const WorkerId = name('worker_id').brand<'WorkerId'>();
export type WorkerId = z.infer<typeof WorkerId>;

/** A process's name, unique on its worker. The `--command` process carries its worker's id. */
export const ProcessName = name('process').brand<'ProcessName'>();
export type ProcessName = z.infer<typeof ProcessName>;

/** One life of a process. Sorts by birth: `<13 digits of ms><12 random base32 characters>`. Also the run's cookie. */
export const RunId = z
  .string()
  .regex(/^[0-9]{13}[a-z2-7]{12}$/, 'a run id has 13 digits and then 12 characters of a-z and 2-7')
  .brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** One operator command. Minted by the manager; the launcher uses it to recognise a repeat. */
export const CommandId = z.string().min(1).max(64).brand<'CommandId'>();
export type CommandId = z.infer<typeof CommandId>;

/** One life of a launcher program. A worker that comes back with another one was restarted. */
export const InstanceId = z.string().min(1).max(64).brand<'InstanceId'>();
export type InstanceId = z.infer<typeof InstanceId>;

/** `worker/process`: a process's key across the fleet. */
export type ProcessKey = string & { readonly __brand: 'ProcessKey' };
export const processKey = (worker: WorkerId, process: ProcessName): ProcessKey => `${worker}/${process}` as ProcessKey;

/** Mints a run id. `random12` are twelve characters of the base32 alphabet a-z2-7. */
export const runIdOf = (bornAtMs: number, random12: string): RunId =>
  RunId.parse(String(Math.floor(bornAtMs)).padStart(13, '0') + random12);

/** When the run was born, read from its id (ms since the epoch, by the launcher's clock). */
export const runBornAtMs = (run: RunId): number => Number(run.slice(0, 13));
