/** Orders to the manager, as a person or a script would give them, and a memory of every answer. */
import type { CommandReply } from '../../../protocol/http';
import type { StopCertificate } from '../../../protocol/process-state';
import type { ProcessView, WorkerView, EventView, LogRunView } from '../../../protocol/views';
import type { Part } from '../plan/cast';

export type Verb = 'start' | 'stop' | 'restart' | 'kill' | 'define' | 'forget';

export type Answer =
  | { readonly kind: 'done'; readonly message: string; readonly certificate: StopCertificate | null }
  /** Accepted for later: nothing is promised yet. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** Nobody knows whether it was taken. */
  | { readonly kind: 'no-answer' };

export interface Order {
  readonly key: string;
  readonly verb: Verb;
  readonly askedAtMs: number;
  answer: Answer | null;
  answeredAtMs: number | null;
}

const PATIENCE_MS = 40_000;
const READ_PATIENCE_MS = 30_000;

export class Operator {
  readonly orders: Order[] = [];

  constructor(private readonly url: string) {}

  async order(part: Part, verb: Verb, define?: unknown): Promise<Order> {
    const order: Order = { key: keyOf(part), verb, askedAtMs: Date.now(), answer: null, answeredAtMs: null };
    this.orders.push(order);
    const own = `/api/workers/${part.worker}`;
    order.answer = await (verb === 'define'
      ? this.#ask('POST', `${own}/processes`, define)
      : verb === 'forget'
        ? this.#ask('DELETE', `${own}/processes/${part.process}`)
        : this.#ask('POST', `${own}/command`, { command: verb, process: part.process }));
    order.answeredAtMs = Date.now();
    return order;
  }

  /** Orders for this process that are not answered. */
  pending(part: Part): Order[] {
    return this.orders.filter(({ key, answer }) => key === keyOf(part) && answer === null);
  }

  of(part: Pick<Part, 'worker' | 'process'>): Order[] {
    return this.orders.filter(({ key }) => key === keyOf(part));
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    try {
      const response = await fetch(this.url + path, {
        method,
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const reply = (await response.json()) as CommandReply & { code?: string; error?: string };
      if (!response.ok)
        return { kind: 'refused', code: reply.code ?? String(response.status), message: reply.error ?? '' };
      if (reply.status !== 'done') return { kind: 'queued' };
      return { kind: 'done', message: reply.message, certificate: reply.certificate };
    } catch {
      return { kind: 'no-answer' };
    }
  }

  async processes(worker: string): Promise<ProcessView[]> {
    return (await this.#get<{ processes: ProcessView[] }>(`/api/workers/${worker}/processes`)).processes;
  }
  async workers(): Promise<WorkerView[]> {
    return (await this.#get<{ workers: WorkerView[] }>('/api/nodes')).workers;
  }
  async events(): Promise<EventView[]> {
    return (await this.#get<{ events: EventView[] }>('/api/events?limit=1000')).events;
  }
  async runs({ worker, process }: Pick<Part, 'worker' | 'process'>): Promise<LogRunView[]> {
    return (await this.#get<{ runs: LogRunView[] }>(`/api/logs/${worker}/${process}`)).runs;
  }
  async output({ worker, process }: Pick<Part, 'worker' | 'process'>, run: string): Promise<Buffer> {
    const response = await fetch(`${this.url}/api/logs/${worker}/${process}/${run}`);
    return Buffer.from(await response.arrayBuffer());
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(READ_PATIENCE_MS) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

export const keyOf = ({ worker, process }: Pick<Part, 'worker' | 'process'>): string => `${worker}/${process}`;
