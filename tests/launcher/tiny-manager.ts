/**
 * A manager as small as the link allows: a real HTTP and Socket.IO server that speaks protocol/link.ts and remembers what
 * it heard. Launcher tests use it so that they test the launcher alone.
 */
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Server, type Socket } from 'socket.io';
import type { z } from 'zod';
import {
  Beat,
  FactsMessage,
  type JobWord,
  LauncherIdentity,
  LINK_NAMESPACE,
  OUTPUT_PATH,
  RenewMessage,
  SlotsMessage,
  SyncMessage,
  type CommandResult,
  type CommandToLauncher,
  type LauncherFact,
  type StandingsMessage,
} from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport, ProcessState } from '../../protocol/process-state';
import type { RunId } from '../../protocol/ids';
import { OutputGap } from '../../protocol/output-gap';
import { streamKey, type OutputStream } from '../../protocol/output-stream';
import { quietPort } from '../harness/quiet-port';
import { until } from '../harness/until';
import type { World } from '../harness/world';

/** Any command in the words of the link; its id, and who asks for what reason, are added. */
interface Order {
  readonly kind: CommandToLauncher['kind'];
  readonly [field: string]: unknown;
}
type Control = { process: string; verb: 'start' | 'stop' | 'restart' | 'kill' };

export class TinyManager {
  readonly facts: LauncherFact[] = [];
  readonly beats: Beat[] = [];
  readonly syncs: SyncMessage[] = [];
  readonly renewals: RenewMessage[] = [];
  /** Who connected last. */
  identity: LauncherIdentity | null = null;
  /** Renewals are answered, and these attempts are not the launcher's any more. */
  renews = true;
  readonly gone: string[] = [];
  /** By `streamKey`, as are the two below. */
  readonly output = new Map<string, Buffer[]>();
  readonly offsets = new Map<string, number>();
  readonly gaps = new Map<string, OutputGap[]>();
  /** Offsets that were not where the manager stood: what a launcher sent twice or too early. */
  readonly conflicts: number[] = [];
  registrations = 0;
  /** Bytes are counted and not kept. */
  countOnly = false;
  /** Answers the next registrations with this instead of accepting. */
  refusal: { status: number; body: object } | null = null;
  /** Output of these processes is answered with this instead of being taken. */
  outputRefusals = new Map<string, { status: number; body: object }>();
  /** How often it was. */
  outputsRefused = 0;
  /** What was said of slots, oldest first. */
  readonly slotsHeld: number[] = [];
  /** Facts are acknowledged as they come. */
  acknowledges = true;
  /** Said ahead of the next answer to a sync, as a manager says again what it gave. */
  saidAgain: JobWord[] = [];
  /** Connections of workers that did not register with this manager are refused. */
  knows = new Set<string>();
  #socket: Socket | null = null;
  readonly #http: HttpServer;
  readonly #io: Server;

  private constructor() {
    this.#http = createServer((request, response) => this.#serve(request, response));
    // As a manager's: not closed under a request that is on its way.
    this.#http.keepAliveTimeout = 65_000;
    this.#io = new Server(this.#http, { serveClient: false });
    const launchers = this.#io.of(LINK_NAMESPACE);
    launchers.use((socket, next) => {
      const identity = LauncherIdentity.parse(socket.handshake.auth);
      const { worker } = identity;
      this.identity = identity;
      next(this.knows.has(worker) ? undefined : new Error('unknown_worker'));
    });
    launchers.on('connection', (socket) => this.#connected(socket));
  }

  /** @param port of one that was closed; else a free one, which nobody takes while it is closed */
  static async start(port?: number): Promise<TinyManager> {
    const manager = new TinyManager();
    const own = port ?? (await quietPort());
    await new Promise<void>((resolve, reject) => {
      manager.#http.once('error', reject).listen(own, '127.0.0.1', resolve);
    });
    return manager;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get isConnected(): boolean {
    return this.#socket?.connected === true;
  }

  /** The newest question. */
  answerRenewal(): void {
    const question = this.renewals.at(-1);
    if (question === undefined) throw new Error('nothing was asked');
    const { number, attempts } = question;
    this.#socket?.emit('renewed', { number, gone: attempts.filter((attempt) => this.gone.includes(attempt)) });
  }

  #connected(socket: Socket): void {
    this.#socket = socket;
    socket.on('sync', (message: unknown, reply: (answer: unknown) => void) => {
      this.syncs.push(SyncMessage.parse(message));
      for (const word of this.saidAgain.splice(0)) this.job(word);
      reply({ outputBytes: Object.fromEntries(this.offsets), heartbeatIntervalMs: 200 });
    });
    socket.on('facts', (message: unknown) => {
      const { facts } = FactsMessage.parse(message);
      this.facts.push(...facts.map(({ fact }) => fact));
      if (this.acknowledges) socket.emit('acked', { seq: facts.at(-1)?.seq });
    });
    socket.on('renew', (message: unknown) => {
      const { number, attempts } = RenewMessage.parse(message);
      this.renewals.push({ number, attempts });
      if (this.renews) this.answerRenewal();
    });
    socket.on('beat', (beat: unknown) => this.beats.push(Beat.parse(beat)));
    socket.on('slots', (message: unknown) => this.slotsHeld.push(SlotsMessage.parse(message).held));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://manager');
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (!this.countOnly || url.pathname !== OUTPUT_PATH) parts.push(part);
    });
    request.on('end', () => {
      if (url.pathname === OUTPUT_PATH) return this.#takeOutput(url, Buffer.concat(parts), bytes, response);
      if (url.pathname === '/api/workers/register') return this.#register(Buffer.concat(parts), response);
      send(response, 404, { success: false, error: 'no such path', code: 'not_found' });
    });
  }

  #register(body: Buffer, response: ServerResponse): void {
    this.registrations += 1;
    if (this.refusal !== null) return send(response, this.refusal.status, this.refusal.body);
    const { worker_id } = JSON.parse(body.toString()) as { worker_id: string };
    this.knows.add(worker_id);
    send(response, 200, { success: true, worker_id, heartbeat_interval: 0.2, heartbeat_timeout: 3 });
  }

  #takeOutput(url: URL, body: Buffer, bytes: number, response: ServerResponse): void {
    const words = url.searchParams;
    const refusal = this.outputRefusals.get(words.get('process') ?? '');
    if (refusal !== undefined) {
      this.outputsRefused += 1;
      return send(response, refusal.status, refusal.body);
    }
    const run = streamKey(words.get('run') as RunId, (words.get('stream') ?? 'stdout') as OutputStream);
    const offset = Number(words.get('offset'));
    const have = this.offsets.get(run) ?? 0;
    if (offset !== have) {
      this.conflicts.push(offset);
      return send(response, 409, { offset: have });
    }
    if (words.has('gap')) {
      const gap = { from: have, to: have + Number(words.get('gap')), reason: words.get('reason') };
      this.gaps.set(run, [...(this.gaps.get(run) ?? []), OutputGap.parse(gap)]);
      this.offsets.set(run, gap.to);
      return send(response, 200, { offset: gap.to });
    }
    this.offsets.set(run, have + bytes);
    if (!this.countOnly) this.output.set(run, [...(this.output.get(run) ?? []), body]);
    send(response, 200, { offset: have + bytes });
  }

  /** Everything received of a run, or of all runs in the order of their birth. */
  textOf(run?: string): string {
    const runs = run === undefined ? [...this.output.keys()].sort() : [run];
    return Buffer.concat(runs.flatMap((id) => this.output.get(id) ?? [])).toString('utf8');
  }

  /** The newest report of a process. */
  report(process: string): ProcessReport | undefined {
    const of = (fact: LauncherFact) => (fact.kind === 'process.changed' ? fact.report : undefined);
    return this.facts.map(of).findLast((report) => report?.name === process);
  }

  /** Every state of a process that was told, oldest first: one that was soon over may never be the newest. */
  states(process: string): ProcessState[] {
    const of = (fact: LauncherFact) =>
      fact.kind === 'process.changed' && fact.report.name === process ? [fact.report.state] : [];
    return this.facts.flatMap(of);
  }

  ended(process: string): Extract<LauncherFact, { kind: 'run.ended' }>[] {
    return this.facts.filter((fact) => fact.kind === 'run.ended').filter((fact) => fact.process === process);
  }

  send(command: CommandToLauncher): void {
    this.#socket?.emit('command', command);
  }

  /** A word about a job. */
  job(word: JobWord): void {
    this.#socket?.emit('job', word);
  }

  /** The ends of an attempt, each time it was told one. */
  attemptEnds(attempt: string): Extract<LauncherFact, { kind: 'attempt.ended' }>[] {
    return this.facts.filter((fact) => fact.kind === 'attempt.ended').filter((fact) => fact.attempt === attempt);
  }

  /** Sends a command and waits for its answer. */
  async control({ process, verb }: Control, deadlineMs = 30_000): Promise<CommandResult> {
    return this.order({ kind: 'control', process, verb }, deadlineMs);
  }

  /** Any command, in the words of the link without its id. */
  async order(command: Order, deadlineMs = 30_000): Promise<CommandResult> {
    return this.answer(this.begin(command), deadlineMs);
  }

  /** The same, for a command whose answer is not waited for yet. */
  begin(command: Order): string {
    const id = randomUUID();
    this.send({ id, by: 'test', why: '', ...command } as CommandToLauncher);
    return id;
  }

  /** How processes of other workers stand. */
  tellStandings(standings: StandingsMessage['standings']): void {
    this.#socket?.emit('standings', { standings });
  }

  /** Its state, when it is of this kind and `holds`. */
  inState<K extends ProcessState['kind']>(
    process: string,
    kind: K,
    holds: (state: Extract<ProcessState, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<ProcessState, { kind: K }>> {
    type Found = Extract<ProcessState, { kind: K }>;
    return until<Found>(`${process} to be ${kind}`, 30_000, () => {
      const state = this.report(process)?.state;
      return state?.kind === kind && holds(state as Found) ? (state as Found) : null;
    });
  }

  /** Gives the launcher a process, once it is here, and waits for what becomes of the start. */
  async define(spec: z.input<typeof ProcessSpec>, start = true): Promise<CommandResult> {
    await until('a launcher', 30_000, () => this.syncs.length > 0 && this.isConnected);
    return this.order({ kind: 'define', spec: ProcessSpec.parse(spec), start });
  }

  async answer(id: string, deadlineMs = 30_000): Promise<CommandResult> {
    return until(`the answer to command ${id}`, deadlineMs, () => {
      const fact = this.facts.find((told) => told.kind === 'command.done' && told.id === id);
      return fact?.kind === 'command.done' ? fact.result : undefined;
    });
  }

  /** The running leader's pid. */
  async running(process: string, deadlineMs = 30_000): Promise<number> {
    return until(`${process} to run`, deadlineMs, () => {
      const state = this.report(process)?.state;
      return state?.kind === 'running' ? state.identity.pid : undefined;
    });
  }

  /** Asks for a new sync. */
  resync(): void {
    this.#socket?.emit('sync?');
  }

  /** Cuts the connection; the launcher comes back. */
  cut(): void {
    this.#socket?.conn.close();
  }

  /** Ends as a killed manager does: connections are cut. */
  async close(): Promise<void> {
    this.#io.disconnectSockets(true);
    await this.#io.close();
    this.#http.closeAllConnections();
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** For the top of a test file: starts managers that end with their test. */
export function useTinyManager(world: World): () => Promise<TinyManager> {
  return async () => {
    const manager = await TinyManager.start();
    world.afterwards(() => manager.close());
    return manager;
  };
}
