/**
 * The ZeroMQ link, for a trusted network (docs/links.md): two listeners beside the links that are always there. The
 * binding is a native module and is loaded only here, when the configuration asks for it.
 */
import type * as Zeromq from 'zeromq';
import type { Journal } from '../../engine/ports';
import { sentenceOf } from '../../../protocol/sentence-of';
import { ZMQ } from '../../../protocol/zmq';
import type { WorkerProofs } from '../../trust/worker-proofs';
import type { LauncherSessions } from '../launcher-sessions';
import type { OutputRoad } from '../output';
import { ZmqControl } from './control';
import { ZmqOutput } from './output';
import { ZmqListener, type CurveServer } from './zmq-listener';

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
  /** The link cannot go on. */
  readonly onFatal: (error: unknown) => void;
}

export interface ZmqLink {
  /** Resolves when the last words have left. */
  close(): Promise<void>;
}

/** More than the commands one worker may have waiting (LIMITS.commandsQueuedMax), with room for acknowledgements. */
const CONTROL = { sendMessagesMax: 4_096, receiveMessagesMax: 4_096 };
/** Pieces come one by one, asked for; two are the smallest number that keeps a connection busy. */
const OUTPUT = { sendMessagesMax: 64, receiveMessagesMax: 2 };

/** Rejects with a sentence: the binding is missing, or an address cannot be had. */
export async function openZmqLink(settings: ZmqLinkSettings, parts: ZmqLinkParts): Promise<ZmqLink> {
  const zeromq = await loadZeromq();
  const { host, port, lingerMs, curve } = settings;
  const { journal, nowMs } = parts;
  const control = new ZmqControl(parts.sessions, nowMs);
  const output = new ZmqOutput(parts.output, parts.proofs, nowMs);
  const common = { host: host === 'localhost' ? '127.0.0.1' : host, isLocal: isLoopback(host), curve, lingerMs };
  const listeners = [
    new ZmqListener(zeromq, { ...common, ...CONTROL, port }, control, parts),
    new ZmqListener(zeromq, { ...common, ...OUTPUT, port: port + ZMQ.outputPortAbove }, output, parts),
  ];
  const close = async (): Promise<void> => {
    control.close();
    output.close();
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  for (const listener of listeners)
    await listener.listen().catch(async (error: unknown) => {
      await close();
      throw cannotListen(listener, error);
    });
  const secured = curve === null ? 'not encrypted' : 'encrypted (CURVE)';
  journal.info(`launchers reach this manager over ZeroMQ at zmq://${bracketed(host)}:${port}, ${secured}`);
  if (curve === null && !isLoopback(host))
    journal.warn(
      `the ZeroMQ link listens on ${host} without keys: whoever is on the way to port ${port} reads every credential and ` +
        'every command. Give it keys (communication.adapter_config.curve, procguard keygen), or keep the network to itself',
    );
  return { close };
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

const cannotListen = ({ settings: { host, port } }: ZmqListener, error: unknown): Error =>
  new Error(
    `the ZeroMQ link cannot listen on ${host}:${port} (${sentenceOf(error)}); it needs two ports, ` +
      'communication.adapter_config.port_base and the next one: stop what uses them or choose others',
    { cause: error },
  );

/** An IPv6 address in brackets, as a URL has it. */
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);
