/**
 * One running manager: every room joined, started in order, and stopped softly in the other. Nothing here decides.
 * Children belong to launchers and are not touched by any of it.
 */
import { Server as SocketServer } from 'socket.io';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CaFingerprint } from '../protocol/ca-fingerprint';
import { LINK_NAMESPACE } from '../protocol/link';
import type { ManagerInfo } from '../protocol/live';
import { readCurveKeys } from './config/curve-keys';
import type { ManagerConfig } from './config/manager-config';
import { coreSettingsOf } from './core-settings';
import { isAlive } from './core/model';
import { monotonicClock } from './engine/clock';
import { Engine } from './engine/engine';
import { retainAudit } from './engine/audit-retention';
import { retainLogs } from './engine/log-retention';
import type { KeepRules } from './engine/log-store-port';
import type { Journal } from './engine/ports';
import { retainUsage } from './engine/usage-retention';
import { Doorkeeper } from './faces/doorkeeper';
import { createGuard } from './faces/guard';
import { Joining, type JoinFiles } from './faces/join/joining';
import { RefusalLog } from './faces/refusal-log';
import { createWebFace } from './faces/http/server';
import { serveBrowsers } from './faces/live/browsers';
import { boundStrangers } from './links/anteroom';
import { heartbeatLink } from './links/http-poll';
import { listen } from './listen';
import { LauncherSessions } from './links/launcher-sessions';
import { outputLink, outputRoad } from './links/output';
import { OutputUnderWay } from './links/output-under-way';
import { openSocketLink } from './links/socket';
import { openZmqLink, type ZmqLink } from './links/zmq/zmq-link';
import { openLogStore } from './stores/logs/log-store';
import { StateFileWriter } from './stores/state-file/state-file';
import { UsageStore } from './stores/usage/usage-store';
import { openLedger } from './open-ledger';
import { tellOwnLife } from './own-life';
import { Gate } from './trust/gate';
import { WorkerProofs } from './trust/worker-proofs';
import { openTls, tlsDirectory, type LocalTrust, type ManagerTls } from './trust/tls/manager-tls';
import { peopleOf } from './trust/people';
import { VERSION } from './version';

/** Engine.IO notices a half-open connection within the sum of these. */
const PING_INTERVAL_MS = 5_000;
const PING_TIMEOUT_MS = 5_000;
const SOCKET_MESSAGE_BYTES_MAX = 8 * 1024 * 1024;

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

export interface ManagerParts {
  readonly config: ManagerConfig;
  /** Where a secret key may be given. */
  readonly environment: NodeJS.ProcessEnv;
  readonly journal: Journal;
  readonly webDir: string;
  readonly docsDir: string;
  readonly join: JoinFiles;
  readonly onFatal: (error: unknown) => void;
}

export async function startManager(parts: ManagerParts): Promise<Manager> {
  const { config, environment, journal, webDir, docsDir, onFatal } = parts;
  const { dataDir } = config.state;
  const { lock, ledger, sealer } = openLedger(config.state, environment, journal);
  const tls = await openTlsOf(config, journal).catch((error: unknown) => {
    ledger.close();
    lock.release();
    throw error;
  });
  const clock = monotonicClock();
  const logs = openLogStore({
    dir: join(dataDir, 'logs'),
    now: () => clock.nowMs(),
    segmentBytes: config.logs.segmentBytes,
    compress: config.logs.compress,
    reserveBytes: config.logs.reserveBytes,
    onTrouble: (sentence) => journal.warn(sentence),
  });
  const usage = new UsageStore(join(dataDir, 'usage'), journal);
  const engine = new Engine({ settings: coreSettingsOf(config), clock, ledger, logs, usage, onFatal });
  retainUsage(engine, usage);
  retainLogs(engine, logs, keepRulesOf(config));
  const leaveAudit = retainAudit(ledger.audit, config.audit, { clock, journal });
  const stateFile = config.state.autoSave ? new StateFileWriter(config.state, sealer, engine, journal) : null;

  const startedAtMs = clock.nowMs();
  const info = (): ManagerInfo => ({
    version: VERSION,
    started_at_ms: startedAtMs,
    now_ms: clock.nowMs(),
    url: config.web.publicUrl,
    heartbeat_timeout_ms: config.monitoring.heartbeatTimeoutMs,
    notice: noticeOf(engine, config),
  });
  const sameSite = createGuard({ allowedHosts: config.web.allowedHosts, publicUrl: config.web.publicUrl });
  const guard: typeof sameSite = tls === null ? sameSite : (request) => tls.guard(request) ?? sameSite(request);
  const gate = new Gate(engine, { auth: config.web.auth, proxies: new Set(config.web.trustedProxies) });
  const refusals = new RefusalLog(engine);
  const doorkeeper = new Doorkeeper(engine, gate, refusals);
  const people = peopleOf(engine, { sessionMs: config.web.sessionMs, dataDir });
  const proofs = new WorkerProofs(engine, gate);
  const output = outputRoad(logs);
  const server = createWebFace({
    createServer: tls?.createServer ?? createServer,
    caPem: () => tls?.authority()?.pem ?? null,
    engine,
    logs,
    usage,
    audit: ledger.audit,
    info,
    gate,
    doorkeeper,
    joining: new Joining(parts.join, {
      version: VERSION,
      publicUrl: config.web.publicUrl,
      listensOn: config.web.host,
      authority: () => tls?.authority() ?? null,
    }),
    people,
    guard,
    hotRoads: {
      output: outputLink(output, proofs, new OutputUnderWay(engine.feed)),
      heartbeat: heartbeatLink(engine, gate),
    },
    webDir: config.web.enabled ? webDir : null,
    docsDir,
    journal,
  });
  const io = new SocketServer(server, {
    serveClient: false,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    maxHttpBufferSize: SOCKET_MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    allowRequest: (request, answer) => answer(null, guard(request) === null),
  });
  const sessions = new LauncherSessions(engine, logs, journal, gate);
  engine.connect(sessions);
  boundStrangers(io, [io.of('/'), io.of(LINK_NAMESPACE)]);
  openSocketLink(io.of(LINK_NAMESPACE), sessions);
  const leaveBrowsers = serveBrowsers(io, { engine, logs, info, doorkeeper });

  let zmq: ZmqLink | null = null;
  let tellEnd = (): void => undefined;
  const close = async (): Promise<void> => {
    tls?.close();
    leaveBrowsers();
    zmq?.close();
    refusals.flush();
    leaveAudit();
    tellEnd();
    engine.stop();
    const closing = io.close();
    // Bodies under way end here: a frozen launcher must not hold the manager. What arrived is kept, the rest comes again.
    server.closeAllConnections();
    await closing;
    stateFile?.close();
    await logs.close();
    await usage.close();
    ledger.close();
    lock.release();
  };
  try {
    const { adapterType, host, portBase: port, timeoutMs: lingerMs, curve } = config.communication;
    if (adapterType === 'zmq')
      zmq = await openZmqLink(
        { host, port, lingerMs, curve: curve === null ? null : readCurveKeys(curve) },
        { sessions, output, proofs, journal, nowMs: () => clock.nowMs(), onFatal },
      );
    await listen(server, config.web);
    tellEnd = tellOwnLife(engine, config);
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const host = openToAll(config.web.host) ? 'localhost' : config.web.host;
  return {
    url: `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    localTrust: tls?.localTrust(host === 'localhost' ? '127.0.0.1' : host) ?? null,
    caFingerprint: tls?.authority()?.fingerprint ?? null,
    renewCertificates: async () => tls?.renew(),
    running: () =>
      engine.read((model) =>
        [...model.processes.values()]
          .filter(isAlive)
          .map(({ key }) => ({ key, pid: engine.processView(key)?.pid ?? null })),
      ),
    hasUsers: () => engine.read(({ trust }) => trust.users.size > 0),
    stop: close,
  };
}

/** Said on every page. */
function noticeOf(engine: Engine, { web }: ManagerConfig): ManagerInfo['notice'] {
  if (web.auth === 'none') return 'open-to-network';
  return engine.read(({ trust }) => trust.users.size) === 0 ? 'open-at-home' : null;
}

const keepRulesOf = ({ logs }: ManagerConfig): KeepRules => ({
  runs: logs.retainRuns,
  bytesPerProcess: logs.retainBytesPerProcess,
  bytesPerWorker: logs.retainBytesPerWorker,
  ageMs: logs.retainAgeMs,
  removedAgeMs: logs.retainRemovedAgeMs,
});

async function openTlsOf({ web, state }: ManagerConfig, journal: Journal): Promise<ManagerTls | null> {
  if (web.tls === null) return null;
  const { files, clients, minVersion } = web.tls;
  const names = [web.host, ...web.allowedHosts, ...(web.publicUrl === null ? [] : [new URL(web.publicUrl).hostname])];
  // Certificates go by the calendar, not by a clock that only grows.
  const nowMs = (): number => Date.now();
  const wanted = { files, clients, names, dir: tlsDirectory(state.dataDir), minVersion: `TLSv${minVersion}` } as const;
  return openTls(wanted, journal, nowMs);
}

const openToAll = (host: string): boolean => host === '0.0.0.0' || host === '::';
