/**
 * A run's tree: every process that descends from its child, however it tried to leave (double fork, new session, new
 * group). Three ways to know it, one interface, one conformance suite (tests/launcher/tree.test.ts):
 *
 * - cgroup: the kernel keeps the list. Complete, evented, ended by one write.
 * - proc-scan: the run's session, process group, cookie and output, and the children of whom they find, in /proc.
 * - pid-list: parents and groups as `ps` tells them, for machines without /proc (macOS). Best effort.
 *
 * The shim is never a member: it must outlive the tree to write the exit record.
 */
import type { RunId } from '../../protocol/ids';
import type { StopCertificate } from '../../protocol/process-state';
import type { Identity } from '../process/identity';

export interface Member extends Identity {
  readonly command: string;
}

/** What came of sending signals. */
export interface Sent {
  /** Who was there. */
  readonly seen: readonly Member[];
  /** To whom it was sent, in words. */
  readonly told: readonly string[];
}

/** What is known of a run's root; filled in as the shim tells it. */
export interface TreeRoot {
  readonly run: RunId;
  /** Session and group leader of the run. Null until the child's birth was told. */
  shim: Identity | null;
  child: Identity | null;
}

export interface Tree {
  readonly verifiedBy: StopCertificate['verifiedBy'];
  /** True while `onChange` hears of it; false while it must be looked for. */
  readonly evented: boolean;
  /** The child is born (just now, or it is adopted): from now on its tree can be kept together. */
  born(isAdopted: boolean): void;
  /** Living members. `thorough`: also those that left the cgroup. */
  members(thorough: boolean): Promise<readonly Member[]>;
  /** These, in this order, to every member once, by a thorough look. */
  signal(...signals: string[]): Promise<Sent>;
  /** SIGKILL to every member, by a thorough look. Repeated by the caller until `members` is empty. */
  kill(): Promise<Sent>;
  /** Calls back when the tree may have become empty. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
  /** Frees what the tree holds on the machine. Only after it was verified empty. */
  remove(): void;
}
