/**
 * The ZeroMQ link, for a trusted network (docs/links.md): two ROUTER sockets beside the links that are always there. The
 * binding is a native module and is loaded only here, when the configuration asks for it.
 */
import type * as Zeromq from 'zeromq';
import type { Journal } from '../../engine/ports';
import { ZMQ } from '../../../protocol/zmq';
import type { Caller } from '../../trust/caller';
import type { WorkerProofs } from '../../trust/worker-proofs';
import type { LauncherSessions } from '../launcher-sessions';
import type { OutputRoad } from '../output';
import { ZmqControl } from './control';
import { ZmqOutput } from './output';
import { ZmqSocket, type CurveServer } from './zmq-socket';

export interface ZmqLinkSettings {
  readonly host: string;
  /** Control; output is at the next one. */
  readonly port: number;
  /** When the link closes, its last words have so long to leave. */
  readonly lingerMs: number;
  /** Null: nothing is encrypted. */
  readonly curve: CurveServer | null;
}

export interface ZmqLinkParts {
  readonly sessions: LauncherSessions;
  readonly output: OutputRoad;
  readonly proofs: WorkerProofs;
  readonly journal: Journal;
  readonly nowMs: () => number;
  /** The link cannot go on: nobody reads its sockets any more. */
  readonly onFatal: (error: unknown) => void;
}

export interface ZmqLink {
  close(): void;
}

/** More than the commands one worker may have waiting (LIMITS.commandsQueuedMax), with room for acknowledgements. */
const CONTROL_MESSAGES_MAX = 4_096;
/** Pieces come one by one, asked for; two are the smallest number that keeps a connection busy. */
const OUTPUT_MESSAGES_MAX = 2;
const OUTPUT_ANSWERS_MAX = 64;

/** Rejects with a sentence: the binding is missing, or an address cannot be had. */
export async function openZmqLink(settings: ZmqLinkSettings, parts: ZmqLinkParts): Promise<ZmqLink> {
  const zeromq = await loadZeromq();
  const { host, port, lingerMs, curve } = settings;
  const socketFor = (receiveMessagesMax: number, sendMessagesMax: number): ZmqSocket =>
    new ZmqSocket(zeromq, { curve, lingerMs, ipv6: host.includes(':'), receiveMessagesMax, sendMessagesMax });
  const controlSocket = socketFor(CONTROL_MESSAGES_MAX, CONTROL_MESSAGES_MAX);
  const outputSocket = socketFor(OUTPUT_MESSAGES_MAX, OUTPUT_ANSWERS_MAX);
  const close = (): void => {
    controlSocket.close();
    outputSocket.close();
  };
  try {
    await bind(controlSocket, host, port);
    await bind(outputSocket, host, port + ZMQ.outputPortAbove);
  } catch (error) {
    close();
    throw error;
  }
  // ZeroMQ does not tell who calls: everybody is from where the link listens.
  const caller: Caller = { ip: host, isLocal: isLoopback(host) };
  const control = new ZmqControl(controlSocket, parts.sessions, caller, parts.nowMs);
  const output = new ZmqOutput(outputSocket, parts.output, parts.proofs, caller, parts.nowMs);
  controlSocket.serve((message) => control.take(message)).catch(parts.onFatal);
  outputSocket.serve((message) => output.take(message)).catch(parts.onFatal);
  const secured = curve === null ? 'not encrypted' : 'encrypted (CURVE)';
  parts.journal.info(`launchers reach this manager over ZeroMQ at zmq://${bracketed(host)}:${port}, ${secured}`);
  if (curve === null && !isLoopback(host))
    parts.journal.warn(
      `the ZeroMQ link listens on ${host} without keys: whoever is on the way to port ${port} reads every credential and ` +
        'every command. Give it keys (communication.adapter_config.curve, procguard keygen), or keep the network to itself',
    );
  return {
    close: () => {
      control.close();
      output.close();
      close();
    },
  };
}

async function loadZeromq(): Promise<typeof Zeromq> {
  try {
    const loaded = (await import('zeromq')) as { default?: unknown };
    return (loaded.default ?? loaded) as typeof Zeromq;
  } catch (error) {
    throw new Error(
      `communication.adapter_type is zmq, but the package zeromq cannot be loaded here (${(error as Error).message}); ` +
        'install it with npm install zeromq, or set adapter_type to mock',
      { cause: error },
    );
  }
}

async function bind(socket: ZmqSocket, host: string, port: number): Promise<void> {
  try {
    // ZeroMQ binds to addresses and to interfaces, not to host names.
    await socket.bind(`tcp://${host === 'localhost' ? '127.0.0.1' : bracketed(host)}:${port}`);
  } catch (error) {
    throw new Error(
      `the ZeroMQ link cannot listen on ${host}:${port} (${(error as Error).message}); it needs two ports, ` +
        'communication.adapter_config.port_base and the next one: stop what uses them or choose others',
      { cause: error },
    );
  }
}

/** An IPv6 address in brackets, as ZeroMQ writes it. */
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);
