/** Workers that run jobs, for tests of the core: what they tell is told by hand. */
import { runBornAtMs, type WorkerId } from '../../../protocol/ids';
import { JobId, JobSpec, type AttemptId, type AttemptOutcome } from '../../../protocol/jobs';
import type { GpuDevice, JobWord } from '../../../protocol/link';
import { Refusal } from '../../../protocol/errors';
import type { Asker } from '../../../protocol/trust';
import { noteMachine, noteSlotsHeld } from '../fleet/figures';
import { exitedWith, RUN, TestFleet } from '../test-fleet';
import type { AccountId } from '../trust/rows';
import type { Attempt, Job } from './rows';

export const ALICE: Asker = { kind: 'user', id: 'u_1', name: 'alice', ip: null, text: 'alice' };

const MACHINE = {
  cpus: 8,
  cpu: 0,
  memoryTotalBytes: 64 * 2 ** 30,
  memoryAvailableBytes: 60 * 2 ** 30,
  load1: 0,
  diskTotalBytes: null,
  diskFreeBytes: null,
} as const;

export class TestPool extends TestFleet {
  /** What workers were told, oldest first. */
  readonly words: { readonly worker: string; readonly word: JobWord }[] = [];

  worker(id: string, slots = 1, labels: Record<string, string> = {}, abilities: readonly string[] = []): void {
    this.join(id, {}, { slots, labels, abilities });
  }

  /** One that asks for work by itself. */
  agent(id: string): void {
    this.ask({
      kind: 'registerAgent',
      worker: id as WorkerId,
      type: 'claim',
      hostname: `host-of-${id}`,
      version: null,
      labels: {},
      slots: 1,
      gpus: null,
      heartbeatIntervalMs: 30_000,
      holds: null,
      account: null,
      by: ALICE,
    });
  }

  /** One that jobs are sent to over a stream; its stream is open. @param account whose token it shows */
  streamWorker(
    id: string,
    more: { isEphemeral?: boolean; account?: AccountId; holds?: readonly AttemptId[] } = {},
  ): void {
    this.ask({
      kind: 'registerAgent',
      worker: id as WorkerId,
      type: 'sse',
      hostname: id,
      version: null,
      labels: {},
      slots: 1,
      gpus: [],
      heartbeatIntervalMs: 30_000,
      holds: more.holds ?? null,
      account: more.account ?? null,
      isEphemeral: more.isEphemeral,
      by: ALICE,
    });
    this.ask({ kind: 'openStream', worker: id as WorkerId, connection: `${id}-stream` });
  }

  /** What a worker says by itself of the newest attempt of a job. */
  says(id: string, outcome: AttemptOutcome, why: string = outcome): void {
    const { worker, job, id: attempt } = this.attempt(id);
    this.ask({ kind: 'attemptEnded', worker, job, attempt, outcome, why, exit: null, output: null });
  }

  override ask: TestFleet['ask'] = (command) => {
    const asked = super.ask(command);
    for (const effect of asked.turn.effects) if (effect.kind === 'job') this.words.push(effect);
    return asked;
  };

  /** @returns the id */
  submit(spec: Record<string, unknown> = {}, more: { owner?: string; id?: string; key?: string } = {}): JobId {
    const id = JobId.parse(more.id ?? `j${this.model.jobs.order + 1}`);
    const { reply } = this.ask({
      kind: 'submitJobs',
      jobs: [{ id, spec: JobSpec.parse({ command: 'true', ...spec }), key: more.key ?? null, meta: {} }],
      via: 'procguard',
      owner: more.owner ?? 'alice',
      by: ALICE,
    });
    if (reply instanceof Refusal) throw reply;
    return reply[0]?.job.id ?? id;
  }

  job(id: string): Job {
    const job = this.model.jobs.job(id);
    if (job === null) throw new Error(`no job ${id}`);
    return job;
  }
  /** The newest. */
  attempt(id: string): Attempt {
    const attempt = this.model.jobs.attemptsOf(id as JobId).at(-1);
    if (attempt === undefined) throw new Error(`job ${id} was never given`);
    return attempt;
  }
  state(id: string): string {
    return this.job(id).state.kind;
  }

  begin(id: string, attempt = this.attempt(id)): void {
    this.tell(attempt.worker, {
      kind: 'attempt.started',
      attempt: attempt.id,
      run: RUN,
      pid: 7,
      isolation: [],
      unenforced: [],
    });
  }
  end(id: string, code = 0, attempt = this.attempt(id)): void {
    this.endAs(attempt, code === 0 ? 'completed' : 'failed', code);
  }
  endAs(attempt: Attempt, outcome: AttemptOutcome, code: number | null = null): void {
    // By its launcher it ran for as long as the manager saw it run.
    const ranMs = this.nowMs - (attempt.startedAtMs ?? this.nowMs);
    const exit = code === null ? null : { ...exitedWith(code), atMs: runBornAtMs(RUN) + ranMs };
    const why = code === null ? outcome : `exit code ${code}`;
    this.tell(attempt.worker, {
      kind: 'attempt.ended',
      attempt: attempt.id,
      run: RUN,
      outcome,
      why,
      exit,
      certificate: null,
      outputBytes: 0,
    });
  }

  /** It could not be begun where it was given to. */
  hinder(attempt: Attempt): void {
    this.tell(attempt.worker, {
      kind: 'attempt.ended',
      attempt: attempt.id,
      run: null,
      outcome: 'lost',
      why: 'could not be started: no space left on device',
      isHindered: true,
      exit: null,
      certificate: null,
      outputBytes: 0,
    });
  }

  /** Its connection came anew, and it holds these. */
  resync(id: string, attempts: readonly AttemptId[]): void {
    const contact = this.model.contacts.get(id as WorkerId);
    const connection = contact?.connection ?? '';
    this.ask({
      kind: 'sync',
      worker: id as WorkerId,
      connection,
      message: { processes: [], runs: [], attempts: [...attempts] },
    });
  }

  /** So many of its slots are held by its machine's own queue, as its link tells it. */
  slotsHeld(id: string, held: number): void {
    noteSlotsHeld(this.model, id as WorkerId, held);
    this.ask({ kind: 'match' });
  }

  /** What its devices show, as a beat tells it. */
  devices(id: string, ...usedMiB: number[]): void {
    const gpus = usedMiB.map((used, index): GpuDevice => ({
      index,
      uuid: `GPU-${index}`,
      name: 'NVIDIA A100-SXM4-80GB',
      memoryTotalBytes: 80 * 2 ** 30,
      memoryUsedBytes: used * 2 ** 20,
      utilization: 0,
    }));
    const machine = { ...MACHINE, gpus, gpuTrouble: null, gpusAgeMs: 0 };
    noteMachine(this.model, id as WorkerId, machine, this.nowMs);
    this.ask({ kind: 'match' });
  }

  /** Its nvidia-smi does not answer, as a beat tells it. What it said before is told again. */
  devicesUnseen(id: string, gpusAgeMs: number): void {
    const gpus = this.model.contacts.get(id as WorkerId)?.machine?.gpus ?? null;
    const machine = { ...MACHINE, gpus, gpuTrouble: 'it does not answer', gpusAgeMs };
    noteMachine(this.model, id as WorkerId, machine, this.nowMs);
    this.ask({ kind: 'match' });
  }
}
