/**
 * RemoteGPU's agents (seed 003): they poll for work, renew their leases and tell of their attempts. Answered before
 * Express: a few hundred of them ask every few seconds. Each may speak for itself alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { exitOfCode } from '../../../protocol/exit';
import { fieldProblems } from '../../../protocol/field-problems';
import { WorkerId } from '../../../protocol/ids';
import type { AttemptId, JobId } from '../../../protocol/jobs';
import { LIMITS } from '../../../protocol/limits';
import {
  AGENT_BEAT_MS,
  ClaimBody,
  CompleteBody,
  HeartbeatBody,
  ProgressBody,
  RegisterBody,
  RenewBody,
  StartBody,
  LEASE_SECONDS,
} from '../../../protocol/remotegpu';
import { envelope, refusalEnvelope } from '../../../protocol/remotegpu-answer';
import type { Engine } from '../../engine/engine';
import type { Gate, Principal } from '../../trust/gate';
import { accountShown, refusalOf, speaksFor } from '../../trust/rights';
import { answerJson } from '../answer';
import { readBody } from '../read-body';
import { keptOutput, shareOfOutput } from './kept-output';
import { declaredGpus, machineOf } from './machine';
import { claimedTask } from '../../core/jobs/remotegpu-task';

const PREFIX = '/api/v1/agent/';
const TASK = /^tasks\/([^/]+)\/(start|renew|lease\/renew|progress|complete)$/;

interface Call {
  readonly engine: Engine;
  readonly agent: WorkerId;
  readonly principal: Principal;
  /** Asked again with everything that is decided for it. */
  readonly mayNot: () => Refusal | null;
}

/** @param outputBytesMax of each of stdout and stderr that is kept with the job */
export function agentRoad(
  engine: Engine,
  gate: Gate,
  outputBytesMax: number,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (request.method !== 'POST' || !path.startsWith(PREFIX)) return false;
    const words = wordsOf(path.slice(PREFIX.length), outputBytesMax);
    if (words === null) return false;
    const who = gate.asking(request);
    const principal = who();
    if (principal.asker.kind === 'unknown') {
      request.resume();
      return refuse(response, refusalOf(principal, 'worker.link', `POST ${path}`));
    }
    readBody(request, words.bytesMax, (text) => {
      if (text instanceof Refusal) refuse(response, text);
      else
        answer(engine, who, words, text).then(
          (data) => answerJson(response, 200, envelope(data), { 'cache-control': 'no-store' }),
          (error: unknown) =>
            refuse(response, error instanceof Refusal ? error : new Refusal('internal', String(error))),
        );
    });
    return true;
  };
}

const refuse = (response: ServerResponse, refusal: Refusal): true =>
  answerJson(response, refusal.status, refusalEnvelope(refusal));

async function answer(engine: Engine, who: () => Principal, words: Words, text: string): Promise<unknown> {
  let json: unknown;
  try {
    json = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new Refusal('bad_request', `the body is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const body = words.schema.safeParse(json);
  if (!body.success) throw new Refusal('bad_request', `the body is not understood: ${fieldProblems(body.error, json)}`);
  const id = WorkerId.safeParse((body.data as { agent_id: string }).agent_id);
  if (!id.success) throw new Refusal('bad_request', `agent_id: ${id.error.issues[0]?.message ?? ''}`);
  const mayNot = (): Refusal | null => refusalFor(engine, who(), id.data, INTRODUCTIONS.has(words));
  const refusal = mayNot();
  if (refusal !== null) throw refusal;
  return words.handle({ engine, agent: id.data, principal: who(), mayNot }, body.data);
}

function refusalFor(engine: Engine, principal: Principal, agent: WorkerId, introducesItself: boolean): Refusal | null {
  if (isUnbound(principal)) return introducesItself ? null : nobodysYet(agent);
  const labels = engine.read(({ workers }) => workers.get(agent)?.labels ?? {});
  if (speaksFor(principal, agent, labels)) return null;
  return refusalOf(principal, 'worker.link', `speak for agent ${agent}`, agent);
}

/** A token that is nobody's yet becomes the first agent's that comes with it, and speaks for nobody before. */
const isUnbound = ({ asker, worker }: Principal): boolean => asker.kind === 'worker' && worker === null;
const nobodysYet = (agent: WorkerId): Refusal =>
  new Refusal(
    'credential_mismatch',
    `this token is no agent's yet and may not speak for agent ${agent}; register with it first (POST ${PREFIX}register)`,
  );

interface Words {
  readonly schema: z.ZodType;
  /** Of a body. */
  readonly bytesMax: number;
  handle(call: Call, body: unknown): Promise<unknown>;
}
const words = <Schema extends z.ZodType>(
  schema: Schema,
  handle: (call: Call, body: z.output<Schema>) => Promise<unknown>,
  bytesMax: number = LIMITS.bodyBytesMax,
): Words => ({ schema, handle, bytesMax });

const REGISTER = words(RegisterBody, async (call, body) => {
  await register(call, body);
  return { status: 'registered', machine_id: body.machine_id ?? body.agent_id };
});
const HEARTBEAT = words(HeartbeatBody, async (call, { machine_id, metrics }) => {
  await known(call, machine_id);
  call.engine.agentBeat(call.agent, metrics == null ? null : machineOf(metrics));
  return { status: 'ok' };
});
const CLAIM = words(ClaimBody, async (call, { limit, machine_id, request_id }) => {
  await known(call, machine_id);
  const { engine, agent: worker, mayNot } = call;
  // One that was silent is here again, and what it asks for is decided behind that.
  engine.agentBeat(worker, null);
  const leaseMs = LEASE_SECONDS * 1000;
  const asked = { kind: 'claimJobs', worker, limit, leaseMs, requestId: request_id ?? null } as const;
  const given = await engine.submit(asked, mayNot);
  return { tasks: given.map(({ job, attempt }) => claimedTask(job, attempt, engine.nowMs + attempt.leaseMs)) };
});
/** What a token that is nobody's yet may say: each of them makes it this agent's, or is refused. */
const INTRODUCTIONS: ReadonlySet<Words> = new Set([REGISTER, HEARTBEAT, CLAIM]);

function wordsOf(path: string, outputBytesMax: number): Words | null {
  if (path === 'tasks/claim') return CLAIM;
  if (path === 'heartbeat') return HEARTBEAT;
  if (path === 'register') return REGISTER;
  const match = TASK.exec(path);
  if (match === null) return null;
  const job = decode(match[1] ?? '') as JobId;
  switch (match[2]) {
    case 'start':
      return words(StartBody, async ({ engine, agent: worker, mayNot }, { attempt_id }) => {
        const attempt = attempt_id as AttemptId;
        const row = await engine.submit({ kind: 'attemptStarted', worker, job, attempt }, mayNot);
        const startedAt = row.startedAtMs === null ? null : new Date(row.startedAtMs).toISOString();
        return { task_id: job, status: 'running', attempt_id, started_at: startedAt };
      });
    case 'progress':
      return words(ProgressBody, async ({ engine, agent: worker, mayNot }, { attempt_id, percent, message }) => {
        const attempt = attempt_id as AttemptId;
        const told = { percent: percent ?? null, message: message ?? null };
        await engine.submit({ kind: 'attemptProgress', worker, job, attempt, ...told }, mayNot);
        return { task_id: job, progress: told.percent };
      });
    case 'complete':
      return completion(job, outputBytesMax);
    default:
      return renewal(job);
  }
}

const renewal = (job: JobId): Words =>
  words(RenewBody, async ({ engine, agent: worker, mayNot }, { attempt_id, extend_sec }) => {
    const attempt = attempt_id as AttemptId;
    const renewed = await engine.submit(
      { kind: 'renewLease', worker, job, attempt, extendMs: extend_sec * 1000 },
      mayNot,
    );
    return {
      task_id: job,
      renewed: true,
      lease_expires_at: new Date(renewed.expiresAtMs).toISOString(),
      status: renewed.attempt.state.kind,
      attempt_id,
    };
  });

const completion = (job: JobId, outputBytesMax: number): Words =>
  words(
    CompleteBody,
    async ({ engine, agent: worker, mayNot }, body) => {
      const { exit_code, stdout, stderr, error } = body;
      const isWell = exit_code === 0 || (exit_code == null && !error);
      const why = isWell ? 'exit code 0' : error ? error : `exit code ${exit_code ?? 'unknown'}`;
      const mostBytes = engine.read(({ jobs }) => shareOfOutput(jobs.outputChars, outputBytesMax));
      const row = await engine.submit(
        {
          kind: 'attemptEnded',
          worker,
          job,
          attempt: body.attempt_id as AttemptId,
          outcome: isWell ? 'completed' : 'failed',
          why: why.slice(0, LIMITS.reasonCharsMax),
          exit: exitOfCode(exit_code ?? null, engine.nowMs),
          output: { stdout: keptOutput(stdout, mostBytes), stderr: keptOutput(stderr, mostBytes) },
        },
        mayNot,
      );
      return { task_id: job, status: row.attempt.state.kind === 'ended' ? row.attempt.state.outcome : 'running' };
    },
    LIMITS.resultBytesMax,
  );

/**
 * An agent of before our time, or of before a reset, claims without a word of introduction.
 * @throws Refusal worker_taken: its token is nobody's yet, and the agent is another's; or a worker of another kind has its id
 */
async function known(call: Call, machineId: string | undefined): Promise<void> {
  const isKnown = call.engine.read(({ workers }) => workers.get(call.agent)?.type === 'claim');
  if (!isKnown || isUnbound(call.principal))
    await register(call, RegisterBody.parse({ agent_id: call.agent, machine_id: machineId }));
}

async function register({ engine, agent, principal, mayNot }: Call, body: RegisterBody): Promise<void> {
  await engine.submit(
    {
      kind: 'registerAgent',
      worker: agent,
      type: 'claim',
      hostname: body.hostname ?? agent,
      version: body.version ?? null,
      labels: { ...body.labels, ...(body.machine_id === undefined ? {} : { machine_id: body.machine_id }) },
      slots: body.max_workers,
      gpus: declaredGpus(body.metrics ?? null),
      heartbeatIntervalMs: AGENT_BEAT_MS,
      holds: null,
      account: accountShown(principal, agent),
      by: principal.asker,
    },
    mayNot,
  );
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
