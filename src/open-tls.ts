/** The manager's TLS as its configuration wants it. */
import type { ManagerConfig } from './config/manager-config';
import type { Journal } from './engine/ports';
import { openTls, tlsDirectory, type ManagerTls } from './trust/tls/manager-tls';

/** Null: plain HTTP. Rejects with a sentence when there is no certificate to begin with. */
export async function openTlsOf({ web, state }: ManagerConfig, journal: Journal): Promise<ManagerTls | null> {
  if (web.tls === null) return null;
  const { files, clients, minVersion } = web.tls;
  const names = [web.host, ...web.allowedHosts, ...(web.publicUrl === null ? [] : [new URL(web.publicUrl).hostname])];
  // Certificates go by the calendar, not by a clock that only grows.
  const nowMs = (): number => Date.now();
  const wanted = { files, clients, names, dir: tlsDirectory(state.dataDir), minVersion: `TLSv${minVersion}` } as const;
  return openTls(wanted, journal, nowMs);
}
