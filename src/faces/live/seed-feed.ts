/**
 * The original's Socket.IO feed (seed 002): `subscribe` -> `subscribed`, then `worker_update`, `alert` and
 * `log_message`. Lines are told at a bounded rate; the whole output is in the log API.
 */
import type { Fact } from '../../core/facts';
import type { Engine } from '../../engine/engine';
import type { LogStore } from '../../engine/log-store-port';
import { ProcessName, WorkerId, type ProcessKey } from '../../../protocol/ids';
import { TextLines } from '../text-lines';
import type { LiveNamespace, LiveSocket } from './dashboards';

const SUBSCRIBERS = 'subscribers';
/** Of each process and second; more are left out here. */
const LINES_PER_SECOND_MAX = 100;

export class SeedFeed {
  private readonly tails = new Map<ProcessKey, () => void>();
  private readonly unlisten: () => void;

  constructor(
    private readonly namespace: LiveNamespace,
    private readonly engine: Engine,
    private readonly logs: LogStore,
  ) {
    this.unlisten = engine.feed.listen(({ facts }) => {
      if (!this.hasSubscribers()) return;
      for (const fact of facts) this.tell(fact);
    });
  }

  serve(socket: LiveSocket): void {
    socket.emit('connected', { message: 'connected to ProcGuard' });
    socket.on('subscribe', () => {
      void socket.join(SUBSCRIBERS);
      socket.emit('subscribed', { message: 'subscribed to worker updates' });
      for (const process of this.engine.read((model) => [...model.processes.keys()])) this.tail(process);
    });
    socket.on('disconnect', () => {
      if (!this.hasSubscribers()) this.untail();
    });
  }

  close(): void {
    this.unlisten();
    this.untail();
  }

  private hasSubscribers(): boolean {
    return (this.namespace.adapter.rooms.get(SUBSCRIBERS)?.size ?? 0) > 0;
  }

  private tell(fact: Fact): void {
    const to = this.namespace.to(SUBSCRIBERS);
    switch (fact.kind) {
      case 'worker.registered':
        to.emit('worker_update', { worker_id: fact.worker.id, action: 'registered', is_reregistration: !fact.isNew });
        break;
      case 'worker.removed':
        to.emit('worker_update', { worker_id: fact.id, action: 'unregistered', reason: fact.why });
        break;
      case 'worker.presence':
        if (fact.presence.kind === 'lost') {
          to.emit('worker_update', {
            worker_id: fact.id,
            action: 'status_changed',
            status: 'unknown',
            reason: 'heartbeat_timeout',
          });
          to.emit('alert', { type: 'worker_lost', message: `worker ${fact.id} is lost` });
        }
        break;
      case 'process.defined':
        this.tail(fact.process.key);
        break;
      case 'process.reported':
      case 'process.plain-reported': {
        const view = this.engine.processView(fact.key);
        if (view === null) return;
        const { id, state, pid, restart_count, exit_code, signal, why } = view;
        to.emit('worker_update', { worker_id: id, status: state, pid, restart_count, exit_code, signal, why });
        if (state === 'failed') to.emit('alert', { type: 'process_failed', message: `${id} failed: ${why}` });

        break;
      }
      default:
        break;
    }
  }

  private tail(key: ProcessKey): void {
    if (this.tails.has(key)) return;
    const slash = key.indexOf('/');
    const worker = WorkerId.parse(key.slice(0, slash));
    const process = ProcessName.parse(key.slice(slash + 1));
    const text = { stdout: new TextLines(), stderr: new TextLines() };
    let second = 0;
    let told = 0;
    const unsubscribe = this.logs.subscribe(worker, process, ({ stream, slices }) => {
      const nowSecond = Math.floor(this.engine.nowMs / 1000);
      if (nowSecond !== second) [second, told] = [nowSecond, 0];
      if (told >= LINES_PER_SECOND_MAX) {
        text[stream].rest = '';
        return;
      }
      const lines = text[stream].take(Buffer.concat(slices).toString('utf8'));
      const id = this.engine.processView(key)?.id ?? worker;
      for (const message of lines.slice(0, LINES_PER_SECOND_MAX - told))
        this.namespace.to(SUBSCRIBERS).emit('log_message', { worker_id: id, message, level: stream });
      told += lines.length;
    });
    this.tails.set(key, unsubscribe);
  }

  private untail(): void {
    for (const unsubscribe of this.tails.values()) unsubscribe();
    this.tails.clear();
  }
}
