/** The line between the launcher and its manager, in two makes. A cut is silence in both ways: nobody is told, nothing is refused. */
import { testHost, whyNoTestHosts } from '../../harness/network';
import { Wire } from '../stage/wire';

export const MAKES = ['cable', 'relay'] as const;
export type Make = (typeof MAKES)[number];

export interface LineToManager {
  /** Where the manager has to listen. */
  readonly managerHost: string;
  /** Before the launcher's command line. */
  readonly on: readonly string[];
  /** What the launcher is told; asked once, when the manager listens. */
  urlTo(managerPort: number): Promise<string>;
  cut(): void;
  heal(): void;
  close(): void;
}

/** Beside the hosts of tests that may run on this machine at the same time. */
const HOST_NUMBER = 173;

/** @param make `cable`: another network namespace, whose packets go nowhere; `relay`: a TCP relay that stops carrying */
export function layLine(make: Make): LineToManager {
  if (make === 'relay') {
    let wire: Wire | null = null;
    return {
      managerHost: '127.0.0.1',
      on: [],
      urlTo: async (port) => `http://127.0.0.1:${(wire = await Wire.open(port)).port}`,
      cut: () => wire?.trouble('half-open'),
      heal: () => wire?.heal(),
      close: () => wire?.close(),
    };
  }
  const host = testHost(HOST_NUMBER);
  return {
    managerHost: '0.0.0.0',
    on: host.on,
    urlTo: async (port) => `http://${host.ourAddress}:${port}`,
    cut: host.cut,
    heal: host.heal,
    close: host.close,
  };
}

/** Why this machine has no such line; null = it has. */
export const whyNoLine = (make: Make): string | null => (make === 'relay' ? null : whyNoTestHosts());
