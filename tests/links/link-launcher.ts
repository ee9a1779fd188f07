/** A launcher that does what the test says, over any link: the real protocol, and no child behind it. */
import type { RunId } from '../../protocol/ids';
import type { CommandToLauncher, LauncherFact, LauncherIdentity, SequencedFact, SyncReply } from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport, ProcessState } from '../../protocol/process-state';
import { identityOf, reportOf, RUN, stopped } from '../harness/launcher-words';
import { until } from '../harness/until';
import type { Answer, LinkAddress, TestLine } from './test-line';

const DEADLINE_MS = 30_000;
/** Several times in the shortest heartbeat timeout of the tests. */
const BEAT_MS = 300;

export class LinkLauncher {
  readonly commands: CommandToLauncher[] = [];
  /** Every acknowledgement, as it came. */
  readonly acks: number[] = [];
  syncsAsked = 0;
  readonly told: SequencedFact[] = [];
  /** It beats by itself, as launchers do. */
  isSilent = false;
  #line: TestLine | null = null;
  #beating: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    private readonly address: LinkAddress,
    private readonly more: Partial<LauncherIdentity> = {},
  ) {}

  get identity(): LauncherIdentity {
    return identityOf(this.id, this.more);
  }

  register(): Promise<Answer> {
    return this.address.register({ worker_id: this.identity.worker, launcher: this.identity });
  }

  async open(): Promise<void> {
    this.#line = await this.address.open(this.identity, {
      heard: (event, body) => this.#heard(event, body),
      ended: () => this.#rest(),
    });
    this.#rest();
    this.#beating = setInterval(() => this.isSilent || this.beat(), BEAT_MS);
  }

  /** Registered, open and synced. */
  async join(state: ProcessState = stopped, runs: RunId[] = []): Promise<this> {
    const { status } = await this.register();
    if (status !== 200) throw new Error(`the registration was answered ${status}`);
    await this.open();
    await this.sync(state, runs);
    return this;
  }

  #heard(event: string, body: unknown): void {
    if (event === 'command') this.commands.push(body as CommandToLauncher);
    if (event === 'acked') this.acks.push((body as { seq: number }).seq);
    if (event === 'sync?') this.syncsAsked += 1;
  }

  get isOpen(): boolean {
    return this.#line?.isOpen === true;
  }

  get acked(): number {
    return this.acks.at(-1) ?? 0;
  }

  sync(state: ProcessState, runs: RunId[] = []): Promise<SyncReply> {
    return this.syncAll([{ spec: { name: this.id, command: 'x' }, report: this.report(state) }], runs);
  }

  syncAll(processes: { spec: object; report: ProcessReport }[], runs: RunId[] = []): Promise<SyncReply> {
    const table = processes.map(({ spec, report }) => ({ spec: ProcessSpec.parse(spec), report }));
    const held = runs.map((run) => ({ process: this.id, run }));
    return this.#open.ask('sync', { processes: table, runs: held }) as Promise<SyncReply>;
  }

  /** Numbers facts and says them in one message. */
  tell(...facts: LauncherFact[]): void {
    const numbered = facts.map((fact, i) => ({ seq: this.told.length + i + 1, atMs: Date.now(), fact }));
    this.told.push(...numbered);
    this.say('facts', { facts: numbered });
  }

  /** Everything from a number on again, as after a reconnect. */
  tellAgain(fromSeq = 1): void {
    this.say('facts', { facts: this.told.filter(({ seq }) => seq >= fromSeq) });
  }

  beat(): void {
    this.say('beat', { atMs: 0, machine: null, usage: [] });
  }

  say(event: string, body: unknown): void {
    this.#open.say(event, body);
  }

  report(state: ProcessState, name = this.id): ProcessReport {
    return reportOf(name, state);
  }

  /** @param more words of the query: `stream`, or `gap` and `reason` */
  ship(offset: number, bytes: string | Buffer, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const query = new URLSearchParams({ worker: this.id, process: this.id, run: RUN, offset: String(offset), ...more });
    return this.address.ship(query, Buffer.from(bytes as string), this.identity);
  }

  until(what: string, holds: () => boolean): Promise<true> {
    return until(what, DEADLINE_MS, () => holds() || null);
  }

  #rest(): void {
    if (this.#beating !== null) clearInterval(this.#beating);
    this.#beating = null;
  }

  close(): void {
    this.#rest();
    this.#line?.close();
  }

  get #open(): TestLine {
    if (this.#line === null) throw new Error('it is not connected');
    return this.#line;
  }
}
