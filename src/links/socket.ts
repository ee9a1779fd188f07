/**
 * The socket link: one Socket.IO connection per launcher, opened by it, namespace /launcher. Control and facts only;
 * output bytes come as HTTP bodies (output.ts). The rules are in protocol/link.ts.
 *
 * Everything that comes in is checked once, here. A message that is not understood is answered in the log and by
 * closing the connection: the launcher comes back and syncs, and nothing is lost.
 */
import type { Namespace, Socket } from 'socket.io';
import { Refusal } from '../../protocol/errors';
import { Beat, FactsMessage, LauncherIdentity, SyncMessage, type SyncReply } from '../../protocol/link';
import type { WorkerId } from '../../protocol/ids';
import type { Effect } from '../core/commands';
import type { Engine } from '../engine/engine';
import type { LogStore } from '../engine/log-store-port';
import type { Journal, LinkOut } from '../engine/ports';

export class SocketLink implements LinkOut {
  private readonly sockets = new Map<WorkerId, Socket>();

  constructor(
    private readonly namespace: Namespace,
    private readonly engine: Engine,
    private readonly logs: Pick<LogStore, 'lengths'>,
    private readonly journal: Journal,
  ) {
    namespace.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(asConnectError(error)),
      );
    });
    namespace.on('connection', (socket) => this.serve(socket));
  }

  deliver(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.sockets.get(effect.worker)?.emit('command', effect.message);
        return;
      case 'acknowledge':
        this.sockets.get(effect.worker)?.emit('acked', { seq: effect.seq });
        return;
      case 'askForSync':
        this.sockets.get(effect.worker)?.emit('sync?');
        return;
      case 'closeConnection':
        this.namespace.sockets.get(effect.connection)?.disconnect(true);
    }
  }

  private async admit(socket: Socket): Promise<void> {
    const identity = LauncherIdentity.safeParse(socket.handshake.auth);
    if (!identity.success)
      throw new Refusal('bad_request', `the handshake is not a launcher's: ${identity.error.issues[0]?.message ?? ''}`);
    (socket.data as { identity: LauncherIdentity }).identity = identity.data;
    await this.engine.submit({ kind: 'openLink', identity: identity.data, connection: socket.id });
  }

  private serve(socket: Socket): void {
    const { worker, instance } = (socket.data as { identity: LauncherIdentity }).identity;
    this.sockets.set(worker, socket);
    socket.on('disconnect', () => {
      if (this.sockets.get(worker) === socket) this.sockets.delete(worker);
      this.settle(worker, this.engine.submit({ kind: 'closeLink', worker, connection: socket.id }));
    });
    socket.on('sync', (body: unknown, reply: unknown) => {
      const message = SyncMessage.safeParse(body);
      if (!message.success || typeof reply !== 'function')
        return this.drop(socket, worker, 'sync', message.error?.issues[0]);
      this.settle(
        worker,
        this.engine
          .submit({ kind: 'sync', worker, connection: socket.id, message: message.data })
          .then(({ paceMs }) => {
            const answer: SyncReply = { outputBytes: this.logs.lengths(worker), heartbeatIntervalMs: paceMs };
            (reply as (answer: SyncReply) => void)(answer);
          }),
      );
    });
    socket.on('facts', (body: unknown) => {
      const message = FactsMessage.safeParse(body);
      if (!message.success) return this.drop(socket, worker, 'facts', message.error.issues[0]);
      this.settle(worker, this.engine.submit({ kind: 'launcherFacts', worker, instance, facts: message.data.facts }));
    });
    socket.on('beat', (body: unknown) => {
      const beat = Beat.safeParse(body);
      if (!beat.success) return this.drop(socket, worker, 'beat', beat.error.issues[0]);
      this.engine.beat(worker, socket.id, beat.data);
    });
  }

  private drop(
    socket: Socket,
    worker: string,
    event: string,
    issue: { path: PropertyKey[]; message: string } | undefined,
  ): void {
    const where = issue === undefined ? '' : `: ${issue.path.join('.')} ${issue.message}`;
    this.journal.warn(`worker ${worker} sent a ${event} that is not understood${where}; its connection is closed`);
    socket.disconnect(true);
  }

  /** A refusal of what a launcher sent means that it must register and sync again. */
  private settle(worker: WorkerId, asked: Promise<unknown>): void {
    asked.catch((error: unknown) => {
      this.journal.warn(`worker ${worker}: ${error instanceof Error ? error.message : String(error)}`);
      this.sockets.get(worker)?.disconnect(true);
    });
  }
}

/** The client reads `error.data.code` to know whether to register again, to give up, or to wait. */
function asConnectError(error: unknown): Error & { data: { code: string; message: string } } {
  const code = error instanceof Refusal ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(message), { data: { code, message } });
}
