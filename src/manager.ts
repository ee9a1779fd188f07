/**
 * One running manager: every room joined, started in order, and stopped softly in the other. Nothing here decides.
 * Children belong to launchers and are not touched by any of it.
 */
import type { AddressInfo } from 'node:net';
import type { CaFingerprint } from '../protocol/ca-fingerprint';
import { LINK_NAMESPACE } from '../protocol/link';
import { readCurveKeys } from './config/curve-keys';
import { coreSettingsOf } from './core-settings';
import { isAlive } from './core/model';
import { monotonicClock } from './engine/clock';
import { Engine } from './engine/engine';
import { agentRoad } from './links/claim/agent-road';
import { OUTPUT_KEPT_BYTES } from './links/claim/kept-output';
import { fanOut } from './links/fan-out';
import { heartbeatLink } from './links/http-poll';
import { LauncherSessions } from './links/launcher-sessions';
import { outputLink, outputRoad } from './links/output';
import { OutputUnderWay } from './links/output-under-way';
import { openSocketLink } from './links/socket';
import { Streams } from './links/sse/streams';
import { streamWorkerRoad } from './links/sse/worker-road';
import { openZmqLink, type ZmqLink } from './links/zmq/zmq-link';
import { listen } from './listen';
import { openFaces, type FaceFiles } from './open-faces';
import { openStores, type StoreParts } from './open-stores';
import { openTlsOf } from './open-tls';
import { tellOwnLife } from './own-life';
import { Gate } from './trust/gate';
import type { LocalTrust } from './trust/tls/manager-tls';
import { WorkerProofs } from './trust/worker-proofs';

export interface Manager {
  readonly url: string;
  /** How programs on this machine trust it; null = plain HTTP. */
  readonly localTrust: LocalTrust | null;
  /** Of its own authority; null = it has none. */
  readonly caFingerprint: CaFingerprint | null;
  /** Looks at certificates again. */
  renewCertificates(): Promise<void>;
  /** What runs now under any launcher: said when the manager stops. */
  running(): { key: string; pid: number | null }[];
  /** Whether anybody can log in. */
  hasUsers(): boolean;
  stop(): Promise<void>;
}

export interface ManagerParts extends StoreParts, FaceFiles {
  /** The program cannot go on. */
  readonly onFatal: (error: unknown) => void;
}

export async function startManager(parts: ManagerParts): Promise<Manager> {
  const { config, journal, onFatal } = parts;
  const clock = monotonicClock();
  const stores = openStores(parts, clock);
  const tls = await openTlsOf(config, journal).catch(async (error: unknown) => {
    await stores.close();
    throw error;
  });
  const { ledger, logs, usage } = stores;
  const engine = new Engine({ settings: coreSettingsOf(config), clock, ledger, logs, usage, onFatal });
  stores.tend(engine);

  const gate = new Gate(engine, { auth: config.web.auth, proxies: new Set(config.web.trustedProxies) });
  const proofs = new WorkerProofs(engine, gate);
  const output = outputRoad(logs);
  const sessions = new LauncherSessions(engine, logs, journal, gate);
  const streams = new Streams(engine);
  engine.connect(fanOut([sessions, streams]));
  const hotRoads = {
    output: outputLink(output, proofs, new OutputUnderWay(engine.feed)),
    // Before the next, whose paths have a worker's id where these have a word.
    streamWorkers: streamWorkerRoad(engine, gate, streams),
    heartbeat: heartbeatLink(engine, gate),
    agents: agentRoad(engine, gate, OUTPUT_KEPT_BYTES),
  };
  const faces = openFaces({ config, files: parts, engine, stores, gate, tls, hotRoads, journal });
  openSocketLink(faces.io.of(LINK_NAMESPACE), sessions);

  let closeDoors = (): void => undefined;
  let zmq: ZmqLink | null = null;
  let tellEnd = (): void => undefined;
  const stop = async (): Promise<void> => {
    tls?.close();
    closeDoors();
    faces.leave();
    const zmqClosed = zmq?.close();
    streams.close();
    tellEnd();
    engine.stop();
    await zmqClosed;
    await faces.close();
    await stores.close();
  };
  try {
    const { adapterType, host, portBase: port, timeoutMs: lingerMs, curve } = config.communication;
    if (adapterType === 'zmq')
      zmq = await openZmqLink(
        { host, port, lingerMs, curve: curve === null ? null : readCurveKeys(curve) },
        { sessions, output, proofs, journal, nowMs: () => clock.nowMs(), onFatal },
      );
    closeDoors = await listen(faces.server, config.web);
    tellEnd = tellOwnLife(engine, config);
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = faces.server.address() as AddressInfo;
  const host = openToAll(config.web.host) ? 'localhost' : config.web.host;
  return {
    url: `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    localTrust: tls?.localTrust(host === 'localhost' ? '127.0.0.1' : host) ?? null,
    caFingerprint: tls?.authority()?.fingerprint ?? null,
    renewCertificates: async () => tls?.renew(),
    running: () => runningNow(engine),
    hasUsers: () => engine.read(({ trust }) => trust.users.size > 0),
    stop,
  };
}

const runningNow = (engine: Engine): ReturnType<Manager['running']> =>
  engine.read((model) =>
    [...model.processes.values()]
      .filter(isAlive)
      .map(({ key }) => ({ key, pid: engine.processView(key)?.pid ?? null })),
  );

const openToAll = (host: string): boolean => host === '0.0.0.0' || host === '::';
